using SmolLM3.Inference;
using SmolLM3.Inference.Benchmarking;
using System.CommandLine;
using TorchSharp;

namespace SmolLM3.Measure;

/// <summary>The options that every verb has: what to load, where to run, where to write.</summary>
internal sealed class RunOptions
{
    public const ulong Seed = 1;
    private const double UsableMemory = 0.92;

    /// <summary>Activations, logits, masks, the CUDA context and what the allocator cannot reuse.</summary>
    private const long Workspace = 8L << 30;

    private readonly Option<FileInfo> _out =
        new("--out") { Description = "File to append results to.", DefaultValueFactory = _ => new("results.jsonl") };
    private readonly Option<DirectoryInfo?> _checkpoint =
        new("--checkpoint") { Description = "Checkpoint to load. Default: random weights of --shape." };
    private readonly Option<string> _shape = new("--shape") { Description = $"Shape of the random weights: {string.Join(", ", ModelShapes.Names)}.", DefaultValueFactory = _ => "smollm3-3b" };
    private readonly Option<ComputeType> _type = new("--dtype") { Description = "Number type of weights, activations and KV cache.", DefaultValueFactory = _ => ComputeType.BFloat16 };
    private readonly Option<string?> _device =
        new("--device") { Description = "cpu, cuda or cuda:N. Default: CUDA where there is a device." };
    private readonly Option<double?> _cache =
        new("--kv-gb") { Description = "KV cache in GB. Default: what the device has left beside weights and 8 GiB." };
    private readonly Option<int> _stepTokens = new("--step-tokens") { Description = "Most tokens computed in a step.", DefaultValueFactory = _ => new EngineOptions().MaxStepTokens };

    private readonly Option<bool> _plain =
        new("--plain") { Description = "Without the kernels that serve all sequences at once: one sequence after the other." };

    public void AddTo(Command command)
    {
        command.Validators.Add(result =>
        {
            // An option that was not given has no value yet.
            if (result.GetResult(_shape) is not null && !ModelShapes.Names.Contains(result.GetValue(_shape)!))
                result.AddError($"--shape must be one of {string.Join(", ", ModelShapes.Names)}.");
        });
        foreach (var option in (Option[])[_out, _checkpoint, _shape, _type, _device, _cache, _stepTokens, _plain])
            command.Options.Add(option);
    }

    public ComputeType Type(ParseResult parsed) => parsed.GetValue(_type);

    public string? Device(ParseResult parsed) => parsed.GetValue(_device);

    public string Shape(ParseResult parsed) => parsed.GetValue(_shape)!;

    public int StepTokens(ParseResult parsed) => parsed.GetValue(_stepTokens);

    public bool Fused(ParseResult parsed) => !parsed.GetValue(_plain);

    public DirectoryInfo? Checkpoint(ParseResult parsed) => parsed.GetValue(_checkpoint);

    public ResultLog Log(ParseResult parsed)
    {
        var file = parsed.GetValue(_out)!;
        file.Directory?.Create();
        return new(file.FullName, RunFacts.Gather(EngineDevice(parsed)));
    }

    public ICheckpointSource Source(ParseResult parsed) => Checkpoint(parsed) is { } folder
        ? new FolderCheckpointSource(folder.FullName)
        : new RandomCheckpoint(ModelShapes.Get(Shape(parsed)), Seed);

    /// <summary>Room for the KV cache; null on a CPU leaves it to the engine.</summary>
    public long? CacheBytes(ParseResult parsed)
    {
        if (parsed.GetValue(_cache) is { } gigabytes)
            return (long)(gigabytes * 1e9);
        using var gpu = GpuProbe.TryOpen(EngineDevice(parsed));
        var weights = new ModelWork(ModelShapes.Get(Shape(parsed)), Type(parsed) == ComputeType.Float32 ? 4 : 2).WeightBytes;
        return gpu is null ? null : Math.Max(1L << 30, (long)(gpu.MemoryTotal * UsableMemory) - weights - Workspace);
    }

    /// <summary>Nothing shared and nothing guessed, so that every token is computed.</summary>
    public EngineOptions Engine(ParseResult parsed) => new()
    {
        ComputeType = Type(parsed),
        Device = Device(parsed),
        KvCacheBytes = CacheBytes(parsed),
        MaxStepTokens = StepTokens(parsed),
        PrefixSharing = false,
        SpeculativeTokens = 0,
        FusedKernels = Fused(parsed),
    };

    /// <summary>What a line of results says of how it was run.</summary>
    public object Settings(ParseResult parsed) => new
    {
        Shape = Checkpoint(parsed)?.Name ?? Shape(parsed),
        Type = Type(parsed).ToString(),
        StepTokens = StepTokens(parsed),
        CacheBytes = CacheBytes(parsed),
    };

    private string EngineDevice(ParseResult parsed) => Device(parsed) ?? (torch.cuda.is_available() ? "cuda" : "cpu");
}
