namespace SmolLM3.Batch.Generation;

/// <summary>Tokens read and written.</summary>
/// <param name="PromptTokens">Tokens of prompts, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens that were not computed again because their prefix was shared.</param>
/// <param name="CompletionTokens">Tokens generated, thinking included.</param>
public readonly record struct TokenUsage(long PromptTokens, long CachedTokens, long CompletionTokens)
{
    /// <summary>Tokens of <see cref="CompletionTokens"/> that were thinking.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>The sum, member by member.</summary>
    public static TokenUsage operator +(TokenUsage left, TokenUsage right) => new(
        left.PromptTokens + right.PromptTokens,
        left.CachedTokens + right.CachedTokens,
        left.CompletionTokens + right.CompletionTokens)
    {
        ReasoningTokens = left.ReasoningTokens + right.ReasoningTokens,
    };
}
