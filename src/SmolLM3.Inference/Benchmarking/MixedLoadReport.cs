namespace SmolLM3.Inference.Benchmarking;

/// <summary>What a mixed load took.</summary>
public sealed record MixedLoadReport
{
    /// <summary>Documents finished.</summary>
    public required int Documents { get; init; }

    /// <summary>See <see cref="InferenceEngine.IsFused"/>.</summary>
    public required bool Fused { get; init; }

    /// <summary>Tokens of all documents.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    public required long GeneratedTokens { get; init; }

    /// <summary>From the submission of all to the end of the last.</summary>
    public required double Seconds { get; init; }

    /// <summary>Documents a minute.</summary>
    public double DocumentsPerMinute => Documents * 60 / Seconds;

    /// <summary>Tokens of documents a second, over the whole time.</summary>
    public double PromptTokensPerSecond => PromptTokens / Seconds;

    /// <summary>Generated tokens a second, over the whole time.</summary>
    public double GeneratedTokensPerSecond => GeneratedTokens / Seconds;

    /// <summary>Median over the documents, from submission.</summary>
    public required double MedianFirstTokenSeconds { get; init; }

    /// <summary>Steps computed.</summary>
    public required long Steps { get; init; }

    /// <summary>Scheduler, sampling and bookkeeping as a share of the time of all steps: the device waits meanwhile.</summary>
    public required double OverheadShare { get; init; }

    /// <summary>The same a step, in milliseconds.</summary>
    public required double OverheadMillisecondsPerStep { get; init; }

    /// <summary>Times that a document's cache was dropped for want of memory and computed again.</summary>
    public required long Preemptions { get; init; }

    /// <summary>Tokens of KV cache that the engine could allocate.</summary>
    public required long KvTokensBudget { get; init; }

    /// <summary>Mean share of time in which a kernel ran, as the driver says; null on a CPU.</summary>
    public double? GpuBusyShare { get; init; }

    /// <summary>Most device memory in use; null on a CPU.</summary>
    public long? GpuPeakMemoryBytes { get; init; }
}
