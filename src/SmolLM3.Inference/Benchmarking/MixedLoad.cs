using SmolLM3.Inference.Sampling;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// Submits documents of unlike length together, as workers do, and measures how long the engine takes over all of them. Seeded: the same
/// documents every time.
/// </summary>
public static class MixedLoad
{
    /// <summary>The tokens of each document.</summary>
    public static IReadOnlyList<int> Lengths(MixedLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var range = Math.Log((double)options.LongestDocument / options.ShortestDocument);
        return [.. Enumerable.Range(0, options.Documents)
            .Select(i => (int)Math.Round(options.ShortestDocument * Math.Exp(range * SamplingRandom.Uniform(options.Seed, i))))];
    }

    /// <summary>Runs the load on a loaded engine that does nothing else meanwhile.</summary>
    public static async Task<MixedLoadReport> RunAsync(
        InferenceEngine engine, MixedLoadOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var lengths = Lengths(options);
        var requests = lengths.Select((length, i) => new GenerationRequest
        {
            Prompt = BenchmarkRun.Prompt(engine.Config, options.Seed, i, length),
            MaxTokens = options.GeneratedTokens,
            StopIds = [],
        }).ToList();

        using var probe = GpuProbe.TryOpen(engine.Device);
        var sampler = new GpuSampler(probe, options.TimeProvider);
        var before = engine.Statistics;
        var start = options.TimeProvider.GetTimestamp();
        GenerationResult[] results;
        await using (sampler.ConfigureAwait(false))
            results = await Task.WhenAll(
                requests.Select(request => engine.GenerateAsync(request, cancellationToken))).ConfigureAwait(false);
        var seconds = options.TimeProvider.GetElapsedTime(start).TotalSeconds;
        var after = engine.Statistics;

        var (steps, overhead) = (after.Steps - before.Steps, after.OverheadTime - before.OverheadTime);
        return new()
        {
            Documents = results.Length,
            Fused = engine.IsFused,
            PromptTokens = lengths.Sum(length => (long)length),
            GeneratedTokens = results.Sum(result => (long)result.TokenIds.Count),
            Seconds = seconds,
            MedianFirstTokenSeconds = results.Select(result => result.TimeToFirstToken.TotalSeconds).Order().ElementAt(results.Length / 2),
            Steps = steps,
            OverheadShare = overhead / (overhead + (after.ModelTime - before.ModelTime)),
            OverheadMillisecondsPerStep = overhead.TotalMilliseconds / steps,
            Preemptions = after.Preemptions - before.Preemptions,
            KvTokensBudget = after.KvTokensBudget,
            GpuBusyShare = sampler.BusyShare,
            GpuPeakMemoryBytes = sampler.PeakMemory,
        };
    }
}
