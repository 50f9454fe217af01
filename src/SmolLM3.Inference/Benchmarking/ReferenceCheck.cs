using SmolLM3.Inference.Loading;
using SmolLM3.Inference.Model;
using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Rope;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>
/// Runs a checkpoint's reference cases, those that Hugging Face transformers computed, and says how far off the engine is.
/// </summary>
public static class ReferenceCheck
{
    private const long CacheBytes = 256L << 20;

    /// <summary>The folders under <paramref name="folder"/>, itself included, that hold a checkpoint with cases.</summary>
    public static IReadOnlyList<string> Find(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return [.. Directory.EnumerateFiles(folder, ReferenceCase.FileName, SearchOption.AllDirectories)
            .Select(file => Path.GetDirectoryName(file)!)
            .Where(at => File.Exists(Path.Combine(at, "config.json")))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Runs every case of the checkpoint in <paramref name="folder"/>: its logits by the model, its greedy tokens by the engine.
    /// </summary>
    public static async Task<ReferenceReport> RunAsync(
        string folder, ComputeType type, string? device, CancellationToken cancellationToken = default)
    {
        var cases = ReferenceCase.ReadAll(folder);
        using var source = new FolderCheckpointSource(folder);
        var place = device is null ? cuda.is_available() ? CUDA : CPU : new Device(device);
        var logits = await LogitsAsync(source, cases, ScalarTypeOf(type), place, cancellationToken).ConfigureAwait(false);
        var (greedy, kernels) = await GreedyAsync(source, cases, type, device, cancellationToken).ConfigureAwait(false);

        var compared = cases.Zip(logits).Where(pair => pair.First.AllArgmax is not null).ToList();
        return new()
        {
            Checkpoint = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            ComputeType = type.ToString(),
            Device = place.ToString(),
            Kernels = kernels,
            Cases = cases.Count,
            WorstLogitError = cases.Zip(logits, (example, rows) => example.ErrorOf(rows[^1])).Max(),
            LastArgmaxEqual = cases.Zip(logits).Count(pair => ArgMax(pair.Second[^1]) == ArgMax(pair.First.LastLogits)),
            ArgmaxEqual = compared.Sum(pair => pair.Second.Zip(pair.First.AllArgmax!).Count(row => ArgMax(row.First) == row.Second)),
            PositionsCompared = compared.Sum(pair => pair.First.AllArgmax!.Length),
            GreedyEqual = cases.Zip(greedy).Count(pair => pair.First.Greedy.SequenceEqual(pair.Second)),
            GreedyPrefix = cases.Zip(greedy).Sum(pair => pair.First.Greedy.AsSpan().CommonPrefixLength(pair.Second)),
            GreedyTokens = cases.Sum(example => example.Greedy.Length),
        };
    }

    /// <summary>The logits of every position where the case names the likeliest tokens, otherwise of the last.</summary>
    private static async Task<List<float[][]>> LogitsAsync(
        FolderCheckpointSource source, IReadOnlyList<ReferenceCase> cases, ScalarType type, Device device,
        CancellationToken cancellationToken)
    {
        var (model, checkpoint) = await LoadModelAsync(source, type, device, change: null, cancellationToken).ConfigureAwait(false);
        using var disposal = model;
        var logits = new List<float[][]>();
        foreach (var example in cases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var session = new ModelSession(model, example.InputIds.Length);
            logits.Add(session.Feed(example.InputIds, example.AllArgmax is null ? 1 : example.InputIds.Length));
        }
        return logits;
    }

    /// <summary>
    /// A model without an engine around it; <paramref name="change"/> may alter its configuration after the weights are there.
    /// </summary>
    internal static async Task<(SmolLM3Model Model, Checkpoint Checkpoint)> LoadModelAsync(
        ICheckpointSource source, ScalarType type, Device device, Func<ModelConfig, ModelConfig>? change,
        CancellationToken cancellationToken)
    {
        var checkpoint = await Checkpoint.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        var weights = ModelWeights.Allocate(checkpoint.Config, type, device);
        try
        {
            await new WeightLoader(
                checkpoint, parallelReads: 2, verify: false, progress: null).LoadAsync(weights, cancellationToken).ConfigureAwait(false);
            var config = change?.Invoke(checkpoint.Config) ?? checkpoint.Config;
            var kernels = FusedKernels.Load(config, type, device).Kernels;
            return (new(config, weights, new RopePolicy(config).Tables, kernels), checkpoint);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>All prompts at once, as the engine serves them.</summary>
    private static async Task<(int[][] Tokens, string Kernels)> GreedyAsync(
        FolderCheckpointSource source, IReadOnlyList<ReferenceCase> cases, ComputeType type, string? device,
        CancellationToken cancellationToken)
    {
        await using var engine = await InferenceEngine.LoadAsync(
            source, new() { ComputeType = type, Device = device, KvCacheBytes = CacheBytes }, null,
            cancellationToken).ConfigureAwait(false);
        var results = await Task.WhenAll(cases.Select(example => engine.GenerateAsync(
            new() { Prompt = example.InputIds, MaxTokens = example.Greedy.Length, StopIds = [] },
            cancellationToken))).ConfigureAwait(false);
        return ([.. results.Select(result => result.TokenIds.ToArray())], engine.Kernels);
    }

    private static int ArgMax(float[] row) => Array.IndexOf(row, row.Max());

    private static ScalarType ScalarTypeOf(ComputeType type) => type switch
    {
        ComputeType.Float32 => ScalarType.Float32,
        ComputeType.Float16 => ScalarType.Float16,
        ComputeType.BFloat16 => ScalarType.BFloat16,
        _ => throw new ArgumentException("A comparison needs a number type: Float32, BFloat16 or Float16.", nameof(type)),
    };
}
