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
    /// <summary>Runs all cases, one after the other.</summary>
    public static async Task<BenchmarkReport> RunAsync(
        BenchmarkOptions options, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var time = options.TimeProvider;
        var config = ModelShapes.Get(options.Shape);
        var work = new ModelWork(config, options.ComputeType == ComputeType.Float32 ? 4 : 2);
        var device = options.Device is { } named ? new Device(named) : cuda.is_available() ? CUDA : CPU;
        progress?.Report("measuring the machine");
        var machine = MachineCeilings.Measure(device, time);

        progress?.Report($"making random weights of shape {options.Shape}");
        var start = time.GetTimestamp();
        await using var engine = await InferenceEngine.LoadAsync(new RandomCheckpoint(config, options.Seed), EngineOptionsFor(options, work), null, cancellationToken)
            .ConfigureAwait(false);
        var loadTime = time.GetElapsedTime(start);

        var cases = new List<BenchmarkCase>();
        using var memory = device.type == DeviceType.CPU ? new MemoryProbe() : null;
        await WarmUpAsync(engine, options, cancellationToken).ConfigureAwait(false);
        foreach (var prompt in options.PromptLengths)
        {
            foreach (var batch in options.BatchSizes)
            {
                progress?.Report($"batch {batch}, prompts of {prompt} tokens");
                cases.Add(await new BenchmarkRun(engine, work, options, memory, batch, prompt).MeasureAsync(cancellationToken).ConfigureAwait(false));
            }
        }
        var peakMemory = PeakMemory();
        progress?.Report("measuring the machine again");
        machine = machine.BestOf(MachineCeilings.Measure(device, time));
        return new BenchmarkReport
        {
            Shape = options.Shape,
            ComputeType = options.ComputeType.ToString(),
            Device = device.ToString(),
            Threads = get_num_threads(),
            Parameters = work.Parameters,
            WeightBytes = work.WeightBytes,
            LoadSeconds = loadTime.TotalSeconds,
            Machine = machine,
            Cases = [.. cases.Select(measured => measured.AsShareOf(machine))],
            PeakMemoryBytes = peakMemory,
        };
    }

    /// <summary>Every case computes all of its prompts: nothing is shared, nothing guessed.</summary>
    private static EngineOptions EngineOptionsFor(BenchmarkOptions options, ModelWork work)
    {
        var tokens = options.BatchSizes.Max() * (long)(options.PromptLengths.Max() + options.GeneratedTokens + 64) * 5 / 4;
        return new()
        {
            ComputeType = options.ComputeType,
            Device = options.Device,
            KvCacheBytes = tokens * work.KvBytesPerToken,
            MaxSequences = options.BatchSizes.Max(),
            PrefixSharing = false,
            SpeculativeTokens = 0,
            TimeProvider = options.TimeProvider,
        };
    }

    private static Task WarmUpAsync(InferenceEngine engine, BenchmarkOptions options, CancellationToken cancellationToken)
        => engine.GenerateAsync(new() { Prompt = BenchmarkRun.Prompt(engine.Config, options.Seed, 0, 32), MaxTokens = 4, StopIds = [] }, cancellationToken);

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
