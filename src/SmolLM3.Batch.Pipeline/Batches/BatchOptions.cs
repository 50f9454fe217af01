using System.ComponentModel.DataAnnotations;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Limits of the OpenAI batch API: configuration section <c>Batches</c>.</summary>
public sealed class BatchOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Batches";

    /// <summary>Most lines of a shard: one work message, one worker, one batch in the engine.</summary>
    [Range(1, 10_000)]
    public int ShardLines { get; set; } = 200;

    /// <summary>Most bytes of a shard.</summary>
    [Range(1, 1L << 30)]
    public long ShardBytes { get; set; } = 16 << 20;

    /// <summary>Most lines of an input file.</summary>
    [Range(1, 1_000_000)]
    public int MaxLines { get; set; } = 50_000;

    /// <summary>Most bytes of a line.</summary>
    [Range(1024, 1 << 28)]
    public int MaxLineBytes { get; set; } = 4 << 20;

    /// <summary>Most bytes of a file.</summary>
    [Range(1, 1L << 32)]
    public long MaxFileBytes { get; set; } = 200 << 20;

    /// <summary>Tokens to generate where a line does not say; less where the context has less room.</summary>
    [Range(1, 1 << 20)]
    public int DefaultMaxTokens { get; set; } = 4096;

    /// <summary>Temperature where a line does not say: what the model's authors recommend.</summary>
    [Range(0, 2)]
    public double DefaultTemperature { get; set; } = 0.6;

    /// <summary>Top-p where a line does not say: what the model's authors recommend.</summary>
    [Range(0.0001, 1)]
    public double DefaultTopP { get; set; } = 0.95;
}
