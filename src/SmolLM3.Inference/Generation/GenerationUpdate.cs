namespace SmolLM3.Inference;

/// <summary>What one step added to a completion.</summary>
public sealed record GenerationUpdate
{
    /// <summary>The tokens added; several where speculation was right.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    /// <summary>Text of the answer that is now certain: whole characters, and nothing that could still turn into a stop string.</summary>
    public required string Text { get; init; }

    /// <summary>Set on the last update only.</summary>
    public GenerationResult? Result { get; init; }
}
