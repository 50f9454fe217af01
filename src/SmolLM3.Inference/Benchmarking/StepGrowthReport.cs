namespace SmolLM3.Inference.Benchmarking;

/// <summary>Tensors and memory after warming up, and after many more steps.</summary>
public sealed record StepGrowthReport
{
    /// <summary>Steps in between.</summary>
    public required long Steps { get; init; }

    /// <summary>Time of those steps.</summary>
    public required double Seconds { get; init; }

    /// <summary>Tensors alive before.</summary>
    public required long TensorsBefore { get; init; }

    /// <summary>Tensors alive after.</summary>
    public required long TensorsAfter { get; init; }

    /// <summary>The process's memory before.</summary>
    public required long WorkingSetBefore { get; init; }

    /// <summary>The process's memory after.</summary>
    public required long WorkingSetAfter { get; init; }

    /// <summary>Device memory in use before; null on a CPU.</summary>
    public long? GpuMemoryBefore { get; init; }

    /// <summary>Device memory in use after; null on a CPU.</summary>
    public long? GpuMemoryAfter { get; init; }
}
