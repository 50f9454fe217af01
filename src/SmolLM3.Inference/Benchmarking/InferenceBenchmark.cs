using SmolLM3.Inference.Loading;
using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// Measures an engine on random weights of a named shape, and says how near it comes to what the machine can do, measured in the same
/// run. Seeded: the same work every time.
/// </summary>
public static class InferenceBenchmark
{
    private const int WarmUpTokens = 4;

    /// <summary>Runs all cases, one after the other.</summary>
    public static async Task<BenchmarkReport> RunAsync(
        BenchmarkOptions options, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var time = options.TimeProvider;
        var source = options.Checkpoint ?? new RandomCheckpoint(ModelShapes.Get(options.Shape), options.Seed);
        var config = (await Checkpoint.OpenAsync(source, cancellationToken).ConfigureAwait(false)).Config;
        var work = new ModelWork(config, options.ComputeType == ComputeType.Float32 ? 4 : 2);
        var device = options.Device is { } named ? new Device(named) : cuda.is_available() ? CUDA : CPU;
        progress?.Report("measuring the machine");
        var machine = MachineCeilings.Measure(device, time);

        progress?.Report($"loading {source.Name}");
        var start = time.GetTimestamp();
        await using var engine = await InferenceEngine.LoadAsync(
            source, EngineOptionsFor(options, work), null, cancellationToken).ConfigureAwait(false);
        var loadTime = time.GetElapsedTime(start);

        var (cases, skipped) = (new List<BenchmarkCase>(), new List<SkippedCase>());
        using var memory = device.type == DeviceType.CPU ? new MemoryProbe(time) : null;
        using var gpu = GpuProbe.TryOpen(engine.Device);
        await WarmUpAsync(engine, options, cancellationToken).ConfigureAwait(false);
        foreach (var prompt in options.PromptLengths)
        {
            foreach (var batch in options.BatchSizes)
            {
                if (WhyNot(engine, options, batch, prompt) is { } reason)
                {
                    skipped.Add(new(batch, prompt, reason));
                    continue;
                }
                progress?.Report($"batch {batch}, prompts of {prompt} tokens");
                try
                {
                    var measured = await new BenchmarkRun(
                        engine, work, options, memory, gpu, batch, prompt).MeasureAsync(cancellationToken).ConfigureAwait(false);
                    cases.Add(measured);
                    options.Measured?.Report(measured.AsShareOf(machine));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A device that runs out of memory fails this case; the engine and the other cases go on.
                    skipped.Add(new(batch, prompt, e.Message));
                }
            }
        }
        var peakMemory = PeakMemory();
        progress?.Report("measuring the machine again");
        machine = machine.BestOf(MachineCeilings.Measure(device, time));
        return new BenchmarkReport
        {
            Shape = options.Checkpoint?.Name ?? options.Shape,
            ComputeType = options.ComputeType.ToString(),
            Device = device.ToString(),
            Kernels = engine.Kernels,
            Threads = get_num_threads(),
            Parameters = work.Parameters,
            WeightBytes = work.WeightBytes,
            LoadSeconds = loadTime.TotalSeconds,
            Machine = machine,
            Cases = [.. cases.Select(measured => measured.AsShareOf(machine))],
            Skipped = skipped,
            PeakMemoryBytes = peakMemory,
        };
    }

    /// <summary>Every case computes all of its prompts: nothing is shared, nothing guessed.</summary>
    private static EngineOptions EngineOptionsFor(BenchmarkOptions options, ModelWork work)
    {
        return new()
        {
            ComputeType = options.ComputeType,
            Device = options.Device,
            KvCacheBytes = options.KvCacheBytes ?? LargestCase(options) * 5 / 4 * work.KvBytesPerToken,
            KvCacheMayShrink = options.KvCacheBytes is null,
            MaxSequences = options.BatchSizes.Max(),
            MaxStepTokens = options.MaxStepTokens,
            PrefixSharing = false,
            SpeculativeTokens = 0,
            FusedKernels = options.FusedKernels,
            TimeProvider = options.TimeProvider,
        };
    }

    private static long LargestCase(BenchmarkOptions options)
        => options.BatchSizes.SelectMany(
            batch => options.PromptLengths.Select(prompt => batch * (Length(options, batch, prompt) + 64))).Max();

    /// <summary>Tokens that a sequence may reach.</summary>
    private static long Length(BenchmarkOptions options, int batch, int prompt)
        => prompt + (long)options.GeneratedTokens + BenchmarkRun.TokensMeanwhile(options, batch, prompt);

    private static string? WhyNot(InferenceEngine engine, BenchmarkOptions options, int batch, int prompt)
    {
        var length = Length(options, batch, prompt);
        if (length > engine.ContextLength)
            return $"{length:N0} tokens are more than the model's context of {engine.ContextLength:N0}.";
        return batch * length > engine.Statistics.KvTokensBudget
            ? $"{batch * length:N0} tokens are more than the KV cache's {engine.Statistics.KvTokensBudget:N0}."
            : null;
    }

    private static Task WarmUpAsync(InferenceEngine engine, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        // A device loads a kernel when it is first used: a prompt of several chunks, the last of them odd, uses those that prompts need.
        long wanted = engine.Device.StartsWith("cuda", StringComparison.Ordinal) ? 2 * options.MaxStepTokens + 65 : 32;
        var length = (int)Math.Min(wanted, Math.Min(engine.ContextLength, engine.Statistics.KvTokensBudget) - WarmUpTokens);
        return engine.GenerateAsync(
            new() { Prompt = BenchmarkRun.Prompt(engine.Config, options.Seed, 0, length), MaxTokens = WarmUpTokens, StopIds = [] },
            cancellationToken);
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
