namespace SmolLM3.Inference;

/// <summary>Prompt and completion together do not fit the model's context or the engine's KV cache.</summary>
public sealed class ContextLengthExceededException(int promptTokens, int maxTokens, long limit, string limitedBy) : Exception(
    $"The prompt has {promptTokens:N0} tokens and asks for up to {maxTokens:N0} more, but {limitedBy} holds {limit:N0}. "
    + "Shorten the prompt or ask for fewer tokens.")
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; } = promptTokens;

    /// <summary>Tokens asked for.</summary>
    public int MaxTokens { get; } = maxTokens;

    /// <summary>Tokens that fit.</summary>
    public long Limit { get; } = limit;
}
