using SmolLM3.Inference.Benchmarking;
using SmolLM3.Inference.Loading;
using SmolLM3.Inference.Model;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Tests.Model;

/// <summary>A checkpoint under Reference, with the cases that Hugging Face transformers computed for it.</summary>
internal static class ReferenceCheckpoint
{
    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", name);

    public static FolderCheckpointSource Open(string name) => new(Folder(name));

    public static IReadOnlyList<ReferenceCase> Cases(string name) => ReferenceCase.ReadAll(Folder(name));

    public static Task<(SmolLM3Model Model, Checkpoint Checkpoint)> LoadModelAsync(
        ICheckpointSource source, ScalarType dtype = ScalarType.Float32, Func<ModelConfig, ModelConfig>? change = null)
        => ReferenceCheck.LoadModelAsync(source, dtype, CPU, change, default);
}
