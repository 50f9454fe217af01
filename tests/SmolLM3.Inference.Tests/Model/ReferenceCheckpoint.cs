using SmolLM3.Inference.Loading;
using SmolLM3.Inference.Model;
using SmolLM3.Inference.Rope;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Tests.Model;

/// <summary>A checkpoint under Reference, with the cases that Hugging Face transformers computed for it.</summary>
internal static class ReferenceCheckpoint
{
    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", name);

    public static FolderCheckpointSource Open(string name) => new(Folder(name));

    public static IReadOnlyList<ReferenceCase> Cases(string name)
    {
        var file = JsonSerializer.Deserialize<CaseFile>(
            File.ReadAllBytes(Path.Combine(Folder(name), "cases.json")),
            new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
        return file!.Cases;
    }

    public static async Task<(SmolLM3Model Model, Checkpoint Checkpoint, RopePolicy Rope)> LoadModelAsync(
        ICheckpointSource source, ScalarType dtype = ScalarType.Float32, Func<ModelConfig, ModelConfig>? change = null)
    {
        var checkpoint = await Checkpoint.OpenAsync(source, default);
        var weights = ModelWeights.Allocate(checkpoint.Config, dtype, CPU);
        await new WeightLoader(checkpoint, parallelReads: 2, progress: null).LoadAsync(weights, default);
        var config = change?.Invoke(checkpoint.Config) ?? checkpoint.Config;
        var rope = new RopePolicy(config);
        return (new(config, weights, rope.Tables), checkpoint, rope);
    }

    private sealed record CaseFile(List<ReferenceCase> Cases);
}

internal sealed record ReferenceCase(int[] InputIds, float[] LastLogits, int[] Greedy, int[]? AllArgmax);
