namespace SmolLM3.Batch.Generation;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its turn, a stop string came, or the JSON value was complete.</summary>
    Stop,

    /// <summary><see cref="CompletionRequest.MaxTokens"/> or the context was used up.</summary>
    Length,
}
