namespace SmolLM3.Inference;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token or stop string came, or the JSON value was complete.</summary>
    Stop,

    /// <summary><see cref="GenerationRequest.MaxTokens"/> were generated.</summary>
    Length,
}
