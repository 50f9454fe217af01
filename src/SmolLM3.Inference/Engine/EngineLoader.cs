using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Loading;
using SmolLM3.Inference.Model;
using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Rope;
using SmolLM3.Inference.Sampling;
using SmolLM3.Inference.Scheduling;
using SmolLM3.Inference.Speculation;
using SmolLM3.Inference.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Engine;

/// <summary>Puts an engine together from a checkpoint.</summary>
internal static class EngineLoader
{
    private const string TokenizerFile = "tokenizer.json";

    /// <summary>A model of fewer bytes in float32 runs in float32 on a CPU.</summary>
    private const long SmallModel = 1L << 30;

    private const long DefaultGpuCache = 8L << 30;

    /// <summary>With a smaller KV cache there is no use in an engine.</summary>
    private const long LeastTokens = 4096;

    public static async Task<InferenceEngine> LoadAsync(
        ICheckpointSource source, EngineOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var checkpoint = await Checkpoint.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        WeightLoader.Check(checkpoint);
        var tokenizer = await LoadTokenizerAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        var device = DeviceOf(options);
        var weights = ModelWeights.Allocate(checkpoint.Config, ComputeTypeOf(options, checkpoint, device), device);
        try
        {
            await new WeightLoader(
                checkpoint, options.ParallelReads, options.VerifyChecksums,
                progress).LoadAsync(weights, cancellationToken).ConfigureAwait(false);
            return Assemble(checkpoint, weights, tokenizer, options);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static InferenceEngine Assemble(Checkpoint checkpoint, ModelWeights weights, SmolLM3Tokenizer? tokenizer, EngineOptions options)
    {
        var config = checkpoint.Config;
        var rope = new RopePolicy(config);
        var (kernels, kernelNote) = KernelsFor(options, config, weights);
        var model = new SmolLM3Model(config, weights, rope.Tables, kernels);
        try
        {
            var contextLength = Math.Min(options.ContextLength ?? int.MaxValue, rope.ContextLength);
            var pool = NewPool(model, config, options);
            var kv = new KvManager(pool, options.PrefixSharing);
            IProposer proposer = options.SpeculativeTokens > 0 ? new PromptLookup(options.SpeculativeTokens) : new NoProposer();
            var scheduler = new Scheduler(kv, options.MaxSequences, options.MaxStepTokens, proposer);
            var meter = new EngineMeter(options.TimeProvider, pool.Budget);
            var loop = new EngineLoop(new ModelRunner(model), kv, scheduler, new TokenSampler(config.VocabularySize), meter);
            return new(
                config, checkpoint.Generation, tokenizer, rope, contextLength, model.Device.ToString(), kernels is not null, kernelNote, loop,
                meter, options.TimeProvider);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static KvPool NewPool(SmolLM3Model model, ModelConfig config, EngineOptions options)
    {
        var bytes = options.KvCacheBytes ?? DefaultCacheBytes(model.Device);
        var budget = Math.Max(1, bytes / KvPool.BytesPerToken(config, model.DType));
        while (true)
        {
            try
            {
                return new(model.NewStore(budget), budget);
            }
            catch (InvalidOperationException) when ((options.KvCacheBytes is null || options.KvCacheMayShrink) && budget > LeastTokens)
            {
                // What takes its memory at once must not ask for more than there is where nobody asked for so much.
                budget = budget * 3 / 4;
            }
        }
    }

    private static (IFusedKernels? Kernels, string Note) KernelsFor(EngineOptions options, ModelConfig config, ModelWeights weights)
    {
        if (options.Kernels is { } given)
            return (given, "fused: given");
        return options.FusedKernels
            ? FusedKernels.Load(config, weights.DType, weights.Device)
            : (null, "one sequence at a time: as asked");
    }

    private static async Task<SmolLM3Tokenizer?> LoadTokenizerAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        if (!checkpoint.Contains(TokenizerFile))
            return null;
        try
        {
            using var content = new MemoryStream(await checkpoint.ReadFileAsync(TokenizerFile, cancellationToken).ConfigureAwait(false));
            return SmolLM3Tokenizer.Load(content);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException(checkpoint.Source.Name, TokenizerFile, e.Message, e);
        }
    }

    private static Device DeviceOf(EngineOptions options)
    {
        if (options.Device is { } named)
            return new Device(named);
        return cuda.is_available() ? CUDA : CPU;
    }

    private static ScalarType ComputeTypeOf(EngineOptions options, Checkpoint checkpoint, Device device) => options.ComputeType switch
    {
        ComputeType.Float32 => ScalarType.Float32,
        ComputeType.BFloat16 => ScalarType.BFloat16,
        ComputeType.Float16 => ScalarType.Float16,
        _ when device.type == DeviceType.CPU && Elements(checkpoint) * sizeof(float) < SmallModel => ScalarType.Float32,
        _ => checkpoint.Config.DType switch
        {
            ComputeType.Float32 => ScalarType.Float32,
            ComputeType.Float16 => ScalarType.Float16,
            _ => ScalarType.BFloat16,
        },
    };

    private static long Elements(Checkpoint checkpoint) =>
        ModelWeights.Shapes(checkpoint.Config).Sum(weight => weight.Shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Half of what the machine still has to give after the weights are there; on a CPU memory is taken only as it is used.</summary>
    private static long DefaultCacheBytes(Device device)
        => device.type == DeviceType.CPU
            ? Math.Max(64L << 20, (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet) / 2)
            : DefaultGpuCache;
}
