namespace SmolLM3.Batch.Cli.Planning;

/// <summary>
/// A roofline of the engine: prefill is bound by the matrix peak, decode by memory traffic (all weights once a step, and every
/// sequence's keys and values) or, for large batches, by the peak.
/// </summary>
internal sealed class EngineModel(ModelShape shape, GpuOffer gpu, PriceSheet sheet)
{
    /// <summary>Model:MaxSequences of a worker.</summary>
    public const int MaxSequences = 64;

    private const double GiB = 1L << 30;

    // Activations, logits, the allocator's slack and the CUDA context.
    private const double WorkspaceBytes = 2 * GiB;
    private const double UsableMemory = 0.94;

    private readonly double _flops = gpu.PeakTflops * 1e12 * sheet.PrefillShareOfPeak;
    private readonly double _bandwidth = gpu.BandwidthGBs * 1e9 * sheet.DecodeShareOfBandwidth;

    /// <summary>Tokens of KV cache that a worker has.</summary>
    public double KeyValueTokens
    {
        get
        {
            var left = (gpu.MemoryGiB * GiB * UsableMemory) - shape.WeightBytes - WorkspaceBytes;
            return Math.Max(0, Math.Min(left, (gpu.KeyValueGiB ?? double.PositiveInfinity) * GiB) / shape.KeyValueBytesPerToken);
        }
    }

    /// <summary>Most tokens of a sequence; a longer document is read in parts.</summary>
    public double ContextTokens => Math.Min(shape.ContextLength, KeyValueTokens);

    /// <summary>
    /// Documents that a worker computes side by side: as many as it is told to take, where its cache holds them; 0 where not even one fits.
    /// </summary>
    public int ConcurrentJobs(Workload work, int jobsPerWorker) =>
        (int)Math.Min(jobsPerWorker, KeyValueTokens / (work.PromptTokens + (work.OutputTokens / work.Parts)));

    public double PrefillSeconds(double tokens) => shape.PrefillFlops(tokens) / _flops;

    /// <summary>
    /// Seconds of one decode step of <paramref name="jobs"/> documents of <paramref name="sequences"/> sequences each; a shared prefix is
    /// read once a document.
    /// </summary>
    public double StepSeconds(double jobs, double sequences, double prefix, double tail)
    {
        var bytes = shape.WeightBytes + (jobs * (prefix + (sequences * tail)) * shape.KeyValueBytesPerToken);
        var flops = jobs * sequences * shape.DecodeFlops(prefix + tail);
        return Math.Max(bytes / _bandwidth, flops / _flops);
    }

    /// <summary>GPU seconds of one document while <paramref name="jobs"/> documents share the batch.</summary>
    public double SecondsPerJob(Workload work, double jobs)
    {
        var batch = Math.Min(jobs * work.Sequences, MaxSequences);
        var tail = work.OutputTokens / work.Parts / work.Sequences / 2;
        var step = StepSeconds(batch / work.Sequences, work.Sequences, work.PromptTokens, tail);
        return (work.Parts * PrefillSeconds(work.PromptTokens)) + (work.OutputTokens * step / batch);
    }
}
