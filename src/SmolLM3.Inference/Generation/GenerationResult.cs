namespace SmolLM3.Inference;

/// <summary>A finished completion.</summary>
public sealed record GenerationResult
{
    /// <summary>The tokens generated, thinking included, the stop token excluded.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    /// <summary>The answer as text, without thinking and special tokens; empty where the checkpoint has no tokenizer.</summary>
    public required string Text { get; init; }

    /// <summary>The thinking trace as text, or null where there was none.</summary>
    public string? Thinking { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Prompt tokens that were not computed because another sequence had computed the same prefix.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>One entry for each of <see cref="TokenIds"/> where the request asked for them, otherwise null.</summary>
    public IReadOnlyList<TokenLogProbability>? LogProbabilities { get; init; }

    /// <summary>From submission to the first token.</summary>
    public required TimeSpan TimeToFirstToken { get; init; }

    /// <summary>From submission to the end.</summary>
    public required TimeSpan Elapsed { get; init; }
}
