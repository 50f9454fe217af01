namespace SmolLM3.Inference;

/// <summary>
/// How the next token is chosen from the logits. Applied in this order: repetition penalty, temperature, top-k, top-p, min-p.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>Divides the logits; 0 is greedy.</summary>
    public double Temperature { get; init; }

    /// <summary>Keeps the likeliest tokens whose probabilities add up to this; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps this many of the likeliest tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Drops tokens less likely than this share of the likeliest one; 0 drops none.</summary>
    public double MinP { get; init; }

    /// <summary>Divides (positive) or multiplies (negative) the logits of tokens already in prompt or completion; 1 is none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Seed of this completion's own random stream.</summary>
    public ulong Seed { get; init; }

    internal void Validate()
    {
        Check(Temperature >= 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "0 or more");
        Check(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Check(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Check(MinP is >= 0 and < 1, nameof(MinP), MinP, "at least 0 and below 1");
        Check(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty), RepetitionPenalty, "above 0");
    }

    private static void Check(bool valid, string name, double value, string range)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
    }
}
