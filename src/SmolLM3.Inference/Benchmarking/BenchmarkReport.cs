namespace SmolLM3.Inference.Benchmarking;

/// <summary>What a benchmark measured.</summary>
public sealed record BenchmarkReport
{
    /// <summary>The shape measured.</summary>
    public required string Shape { get; init; }

    /// <summary>Number type of weights, activations and KV cache.</summary>
    public required string ComputeType { get; init; }

    /// <summary>Where it ran.</summary>
    public required string Device { get; init; }

    /// <summary>Whether attention serves all sequences of a step at once, and where it does not, why.</summary>
    public required string Kernels { get; init; }

    /// <summary>Threads that the CPU's kernels use.</summary>
    public required int Threads { get; init; }

    /// <summary>Weights of the model.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Time to make and load the weights.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>
    /// What the machine itself can do: the better of two measurements, before the model was loaded and after the last case.
    /// </summary>
    public required MachineCeilings Machine { get; init; }

    /// <summary>One entry a batch size and prompt length.</summary>
    public required IReadOnlyList<BenchmarkCase> Cases { get; init; }

    /// <summary>Cases that did not fit or failed, and why.</summary>
    public IReadOnlyList<SkippedCase> Skipped { get; init; } = [];

    /// <summary>Most memory that the process held at any time.</summary>
    public required long PeakMemoryBytes { get; init; }
}
