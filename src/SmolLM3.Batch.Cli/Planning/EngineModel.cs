namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// A roofline of the engine: prefill is bound by the matrix peak, decode by memory traffic (all weights once a step, and every
/// sequence's keys and values) or, for large batches, by the peak.
/// </summary>
internal sealed class EngineModel(ModelShape shape, GpuOffer gpu, PriceSheet sheet)
{
    // Activations, logits, the allocator's slack and the CUDA context.
    private const double WorkspaceBytes = 2.0 * (1L << 30);
    private const double UsableMemory = 0.94;
    private const int MostConcurrentJobs = 64;

    private readonly double _flops = gpu.PeakTflops * 1e12 * sheet.PrefillShareOfPeak;
    private readonly double _bandwidth = gpu.BandwidthGBs * 1e9 * sheet.DecodeShareOfBandwidth;

    /// <summary>Tokens of KV cache that fit beside the weights.</summary>
    public double KeyValueTokens =>
        Math.Max(0, ((gpu.MemoryGiB * (1L << 30) * UsableMemory) - shape.WeightBytes - WorkspaceBytes) / shape.KeyValueBytesPerToken);

    /// <summary>Documents that decode side by side; 0 where not even one fits.</summary>
    public int ConcurrentJobs(Workload work) =>
        (int)Math.Min(MostConcurrentJobs, KeyValueTokens / (work.PromptTokens + work.OutputTokens));

    public double PrefillSeconds(double tokens) => shape.PrefillFlops(tokens) / _flops;

    /// <summary>Seconds of one decode step of <paramref name="jobs"/> documents of <paramref name="sequences"/> sequences each; a shared prefix is read once a document.</summary>
    public double StepSeconds(double jobs, double sequences, double prefix, double tail)
    {
        var bytes = shape.WeightBytes + (jobs * (prefix + (sequences * tail)) * shape.KeyValueBytesPerToken);
        var flops = jobs * sequences * shape.DecodeFlops(prefix + tail);
        return Math.Max(bytes / _bandwidth, flops / _flops);
    }

    /// <summary>GPU seconds of one document while <paramref name="jobs"/> documents share the batch.</summary>
    public double SecondsPerJob(Workload work, double jobs)
    {
        var steps = work.OutputTokens / work.Sequences;
        return PrefillSeconds(work.PromptTokens) + (steps * StepSeconds(jobs, work.Sequences, work.PromptTokens, steps / 2) / jobs);
    }
}
