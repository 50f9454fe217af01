using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Manifests;

/// <summary>What a job took.</summary>
/// <param name="PromptTokens">Tokens of prompts, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens whose computation was shared.</param>
/// <param name="CompletionTokens">Tokens generated.</param>
/// <param name="GpuSeconds">The job's share of the time in which the device was busy with it, in the attempt that finished it.</param>
public sealed record ManifestUsage(long PromptTokens, long CachedTokens, long CompletionTokens, double GpuSeconds)
{
    /// <summary>Tokens generated that were thinking.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>The tokens alone.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TokenUsage Tokens => new(PromptTokens, CachedTokens, CompletionTokens) { ReasoningTokens = ReasoningTokens };
}
