using SmolLM3.Inference.Sampling;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// Keeps an engine busy for many steps and tells whether it holds more tensors or memory after them. The sequences come and go, and
/// are the same ones in every round, so that caches by shape are full after the warm-up.
/// </summary>
public static class StepGrowth
{
    private const int SequencesAtOnce = 8;
    private const int WarmUpShare = 10;
    private const ulong Seed = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Runs at least <paramref name="steps"/> steps, and a tenth of that before it counts. The engine must share no prefixes.
    /// </summary>
    public static async Task<StepGrowthReport> RunAsync(
        InferenceEngine engine, int steps, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var time = timeProvider ?? TimeProvider.System;
        using var probe = GpuProbe.TryOpen(engine.Device);
        await StepsAsync(engine, Math.Max(1, steps / WarmUpShare), cancellationToken).ConfigureAwait(false);

        var before = await HeldAsync(probe, time, cancellationToken).ConfigureAwait(false);
        var (first, start) = (engine.Statistics.Steps, time.GetTimestamp());
        await StepsAsync(engine, steps, cancellationToken).ConfigureAwait(false);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var after = await HeldAsync(probe, time, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Steps = engine.Statistics.Steps - first,
            Seconds = seconds,
            TensorsBefore = before.Tensors,
            TensorsAfter = after.Tensors,
            WorkingSetBefore = before.WorkingSet,
            WorkingSetAfter = after.WorkingSet,
            GpuMemoryBefore = before.Gpu,
            GpuMemoryAfter = after.Gpu,
        };
    }

    private static async Task StepsAsync(InferenceEngine engine, int steps, CancellationToken cancellationToken)
    {
        var until = engine.Statistics.Steps + steps;
        while (engine.Statistics.Steps < until)
            await Task.WhenAll(Enumerable.Range(0, SequencesAtOnce).Select(
                i => engine.GenerateAsync(Request(engine.Config, i), cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Prompts of up to 192 tokens and answers of up to 96, so that batches of every size occur; half of them sampled.</summary>
    private static GenerationRequest Request(ModelConfig config, int sequence) => new()
    {
        Prompt = BenchmarkRun.Prompt(config, Seed, sequence, 24 * (sequence + 1)),
        MaxTokens = 12 * (SequencesAtOnce - sequence),
        StopIds = [],
        Sampling = sequence % 2 == 0
            ? SamplingOptions.Greedy
            : new() { Temperature = 0.8, TopP = 0.9, Seed = SamplingRandom.Mix((ulong)sequence) },
    };

    /// <summary>A result comes while its step's tensors are still being let go: waits until their number rests.</summary>
    private static async Task<(long Tensors, long WorkingSet, long? Gpu)> HeldAsync(
        GpuProbe? probe, TimeProvider time, CancellationToken cancellationToken)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long tensors, later = Tensor.TotalCount;
        do
        {
            tensors = later;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            later = Tensor.TotalCount;
        }
        while (tensors != later);
        return (tensors, Environment.WorkingSet, probe?.MemoryUsed);
    }
}
