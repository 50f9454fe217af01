namespace SmolLM3.Inference.Benchmarking;

/// <summary>Documents of unlike length that are all there at once.</summary>
public sealed record MixedLoadOptions
{
    /// <summary>Documents; each is one sequence.</summary>
    public int Documents { get; init; } = 64;

    /// <summary>Tokens of the shortest document that may come.</summary>
    public int ShortestDocument { get; init; } = 2_000;

    /// <summary>Tokens of the longest document that may come; lengths in between are log-uniform.</summary>
    public int LongestDocument { get; init; } = 100_000;

    /// <summary>Tokens generated for each.</summary>
    public int GeneratedTokens { get; init; } = 256;

    /// <summary>Seed of lengths and tokens.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Documents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortestDocument, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDocument, ShortestDocument);
        ArgumentOutOfRangeException.ThrowIfLessThan(GeneratedTokens, 1);
    }
}
