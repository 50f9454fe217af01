namespace SmolLM3.Batch.Generation;

/// <summary>A finished completion.</summary>
public sealed record Completion
{
    /// <summary>The answer, without any thinking.</summary>
    public required string Text { get; init; }

    /// <summary>The thinking trace, or null.</summary>
    public string? Thinking { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>Tokens read and written.</summary>
    public required TokenUsage Usage { get; init; }
}
