namespace SmolLM3.Inference.Benchmarking;

/// <summary>One batch size at one prompt length.</summary>
public sealed record BenchmarkCase
{
    /// <summary>Sequences at once.</summary>
    public required int BatchSize { get; init; }

    /// <summary>See <see cref="InferenceEngine.IsFused"/>.</summary>
    public required bool Fused { get; init; }

    /// <summary>Tokens of each prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that each sequence generated at least.</summary>
    public required int GeneratedTokens { get; init; }

    /// <summary>Prompt tokens a second, until every sequence had its first token.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Multiply-adds of prefill, two operations each, in 10⁹ a second.</summary>
    public required double PrefillGigaflops { get; init; }

    /// <summary><see cref="PrefillGigaflops"/> as a share of <see cref="MachineCeilings.FlopsPerSecond"/>.</summary>
    public double PrefillShareOfPeak { get; init; }

    /// <summary>Median over the sequences, from submission.</summary>
    public required double TimeToFirstTokenSeconds { get; init; }

    /// <summary>Tokens a second of all sequences together, while all of them decode.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Weights and KV cache read by decode, in 10⁹ bytes a second.</summary>
    public required double DecodeGigabytesPerSecond { get; init; }

    /// <summary>
    /// What the machine's cores read, by a probe between the steps of decode, in 10⁹ bytes a second; null on a GPU and where decode was too
    /// short.
    /// </summary>
    public double? ReadGigabytesPerSecondMeanwhile { get; init; }

    /// <summary>
    /// <see cref="DecodeGigabytesPerSecond"/> as a share of <see cref="ReadGigabytesPerSecondMeanwhile"/>, or where there is none,
    /// of <see cref="MachineCeilings.ReadBytesPerSecond"/>.
    /// </summary>
    public double DecodeShareOfBandwidth { get; init; }

    /// <summary>Mean time of a step in which every sequence decodes, in milliseconds.</summary>
    public required double DecodeStepMilliseconds { get; init; }

    /// <summary>Scheduler, sampling and bookkeeping of a step, prefill included, in milliseconds.</summary>
    public required double OverheadMillisecondsPerStep { get; init; }

    /// <summary>Most device memory in use, by any process; null on a CPU.</summary>
    public long? GpuPeakMemoryBytes { get; init; }

    /// <summary>Scheduler, sampling and bookkeeping as a share of the time of all steps.</summary>
    public required double OverheadShare { get; init; }

    /// <summary>KV cache allocated at the end over tokens held.</summary>
    public required double KvAllocatedPerHeld { get; init; }

    internal BenchmarkCase AsShareOf(MachineCeilings machine) => this with
    {
        PrefillShareOfPeak = PrefillGigaflops * 1e9 / machine.FlopsPerSecond,
        DecodeShareOfBandwidth = DecodeGigabytesPerSecond / (ReadGigabytesPerSecondMeanwhile ?? machine.ReadBytesPerSecond / 1e9),
    };
}
