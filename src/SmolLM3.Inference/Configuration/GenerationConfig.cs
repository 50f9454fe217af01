using SmolLM3.Inference.Configuration;

namespace SmolLM3.Inference;

/// <summary>What generation_config.json suggests for a checkpoint.</summary>
public sealed record GenerationConfig
{
    /// <summary>Tokens that end a completion.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Suggested temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>Suggested top-p.</summary>
    public double? TopP { get; init; }

    internal const string FileName = "generation_config.json";

    internal static GenerationConfig Read(string source, ReadOnlyMemory<byte> json)
    {
        var fields = ConfigFields.Parse(source, FileName, json);
        return new GenerationConfig
        {
            EosTokenIds = fields.OptionalInts("eos_token_id") ?? [],
            Temperature = fields.OptionalNumber("temperature"),
            TopP = fields.OptionalNumber("top_p"),
        };
    }
}
