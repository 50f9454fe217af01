namespace SmolLM3.Inference;

/// <summary>What an engine has done since it was loaded, and what it is doing now. A consistent snapshot.</summary>
public sealed record EngineStatistics
{
    /// <summary>Sequences that wait for admission.</summary>
    public int Waiting { get; init; }

    /// <summary>Sequences in the batch.</summary>
    public int Running { get; init; }

    /// <summary>Completions finished.</summary>
    public long Finished { get; init; }

    /// <summary>Steps computed.</summary>
    public long Steps { get; init; }

    /// <summary>Prompt tokens of admitted sequences, cached ones included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Prompt tokens that a shared prefix saved.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Sequences whose KV cache was dropped for want of memory and computed again later.</summary>
    public long Preemptions { get; init; }

    /// <summary>Tokens that speculation proposed.</summary>
    public long ProposedTokens { get; init; }

    /// <summary>Proposed tokens that turned out right.</summary>
    public long AcceptedTokens { get; init; }

    /// <summary>Tokens of KV cache allocated.</summary>
    public long KvTokensAllocated { get; init; }

    /// <summary>Distinct tokens held in the KV cache: by sequences, or kept for prefixes to come.</summary>
    public long KvTokensHeld { get; init; }

    /// <summary>Tokens of KV cache that the engine may allocate.</summary>
    public long KvTokensBudget { get; init; }

    /// <summary>Time spent in the model.</summary>
    public TimeSpan ModelTime { get; init; }

    /// <summary>Time spent in scheduling, sampling, masks and detokenising.</summary>
    public TimeSpan OverheadTime { get; init; }
}
