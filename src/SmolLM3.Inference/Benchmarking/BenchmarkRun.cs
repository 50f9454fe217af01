using SmolLM3.Inference.Sampling;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>One case: submits its sequences together, and notes when each of their tokens comes.</summary>
internal sealed class BenchmarkRun(
    InferenceEngine engine, ModelWork work, BenchmarkOptions options, MemoryProbe? memory, GpuProbe? gpu, int batch, int promptLength)
{
    /// <summary>
    /// Prompts are computed one after the other, so the first sequence must still decode when the last one begins to: each may generate
    /// this many tokens more than are timed.
    /// </summary>
    public static int TokensMeanwhile(BenchmarkOptions options, int batch, int promptLength)
        => (int)Math.Ceiling((batch - 1.0) * promptLength / (options.MaxStepTokens - batch + 1));

    private readonly DecodeMeter _meter = new(batch, memory, options.TimeProvider);
    private readonly int _tokensMeanwhile = TokensMeanwhile(options, batch, promptLength);
    private double _kvAllocatedPerHeld;

    public async Task<BenchmarkCase> MeasureAsync(CancellationToken cancellationToken)
    {
        var time = options.TimeProvider;
        var before = engine.Statistics;
        _meter.Start(before);
        engine.Observe(_meter);
        var start = time.GetTimestamp();
        var sampler = new GpuSampler(gpu, time);
        List<double>[] arrivals;
        try
        {
            await using (sampler.ConfigureAwait(false))
                arrivals = await Task.WhenAll(
                    Enumerable.Range(0, batch).Select(i => Task.Run(() => ArrivalsAsync(i, start, cancellationToken), cancellationToken)))
                    .ConfigureAwait(false);
        }
        finally
        {
            engine.Observe(null);
        }
        var after = engine.Statistics;

        // Prefill ends when the last sequence has its first token.
        var prefill = arrivals.Max(times => times[0]);
        var stepsPerSecond = _meter.Steps / Math.Max(_meter.Seconds, 1e-9);
        var meanLength = promptLength + (_tokensMeanwhile + options.GeneratedTokens) / 2.0;
        var decodeBytes = work.DecodeBytes(batch, meanLength) * stepsPerSecond;
        var flops = batch * work.PrefillFlops(promptLength) / prefill;
        var overhead = after.OverheadTime - before.OverheadTime;
        var model = after.ModelTime - before.ModelTime;
        return new()
        {
            BatchSize = batch,
            Fused = engine.IsFused,
            PromptTokens = promptLength,
            GeneratedTokens = options.GeneratedTokens,
            PrefillTokensPerSecond = batch * promptLength / prefill,
            PrefillGigaflops = flops / 1e9,
            TimeToFirstTokenSeconds = arrivals.Select(times => times[0]).Order().ElementAt(batch / 2),
            DecodeTokensPerSecond = batch * stepsPerSecond,
            DecodeGigabytesPerSecond = decodeBytes / 1e9,
            ReadGigabytesPerSecondMeanwhile = _meter.ReadBytesPerSecond / 1e9,
            DecodeStepMilliseconds = 1e3 * _meter.Seconds / Math.Max(_meter.Steps, 1),
            OverheadMillisecondsPerStep = overhead.TotalMilliseconds / (after.Steps - before.Steps),
            GpuPeakMemoryBytes = sampler.PeakMemory,
            OverheadShare = overhead / (overhead + model),
            KvAllocatedPerHeld = _kvAllocatedPerHeld,
        };
    }

    public static int[] Prompt(ModelConfig config, ulong seed, int sequence, int length)
        => [.. Enumerable.Range(0, length).Select(i => (int)(SamplingRandom.Uniform(seed + (ulong)sequence, i) * config.VocabularySize))];

    /// <summary>Seconds from the start at which each token came.</summary>
    private async Task<List<double>> ArrivalsAsync(int sequence, long start, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var request = new GenerationRequest
        {
            Prompt = Prompt(engine.Config, options.Seed, sequence, promptLength),
            MaxTokens = options.GeneratedTokens + _tokensMeanwhile,
            StopIds = [],
        };
        await foreach (var update in engine.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            var now = options.TimeProvider.GetElapsedTime(start).TotalSeconds;
            times.AddRange(update.TokenIds.Select(_ => now));
            if (engine.Statistics is { KvTokensHeld: > 0 } statistics)
                _kvAllocatedPerHeld = (double)statistics.KvTokensAllocated / statistics.KvTokensHeld;
            // The first token of a sequence belongs to its prefill.
            if (_meter.Steps >= options.GeneratedTokens - 1)
                break;
        }
        return times;
    }
}
