namespace SmolLM3.Batch.Generation;

/// <summary>A prompt and the completion it asks for do not fit the model's context.</summary>
public sealed class PromptTooLongException(int promptTokens, int maxTokens, int contextLength) : Exception(
    $"The prompt has {promptTokens:N0} tokens and asks for up to {maxTokens:N0} more, but the model's context is {contextLength:N0} tokens. "
    + "Split the document or ask for fewer tokens.")
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; } = promptTokens;

    /// <summary>Tokens asked for.</summary>
    public int MaxTokens { get; } = maxTokens;

    /// <summary>Tokens that fit.</summary>
    public int ContextLength { get; } = contextLength;
}
