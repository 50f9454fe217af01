namespace SmolLM3.Batch.Cli.Planning;

/// <summary>A GPU and what a second of a worker with it costs: either in one sum, or by the three meters of Container Apps.</summary>
internal sealed record GpuOffer
{
    public required string Name { get; init; }

    public required double MemoryGiB { get; init; }

    /// <summary>What a worker's KV cache may take of it; without one, all that weights and workspace leave.</summary>
    public double? KeyValueGiB { get; init; }

    /// <summary>Device memory bandwidth, GB/s (1e9).</summary>
    public required double BandwidthGBs { get; init; }

    /// <summary>Dense 16-bit matrix peak with 32-bit accumulation, TFLOP/s.</summary>
    public required double PeakTflops { get; init; }

    /// <summary>GPU, its vCPUs and memory together, US dollars an hour while a worker runs.</summary>
    public double? DollarsPerHour { get; init; }

    /// <summary>The GPU alone; its vCPUs and memory are billed beside it.</summary>
    public double? GpuDollarsPerSecond { get; init; }

    public double VCpus { get; init; }

    public double HostGiB { get; init; }

    public string? Source { get; init; }
}
