using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>Opens the checkpoint that <see cref="ModelOptions.Source"/> names.</summary>
internal sealed class CheckpointSources(JobContainers containers)
{
    private const string BlobScheme = "blob:";

    public ICheckpointSource Open(string source) => source.StartsWith(BlobScheme, StringComparison.Ordinal)
        ? new BlobCheckpointSource(containers.Service.GetBlobContainerClient(ContainerNames.Models), source[BlobScheme.Length..])
        : new FolderCheckpointSource(source);

    /// <summary>What to call a checkpoint that was given no name.</summary>
    public static string NameOf(string source)
    {
        var path = source.StartsWith(BlobScheme, StringComparison.Ordinal) ? source[BlobScheme.Length..] : source;
        return Path.GetFileName(path.TrimEnd('/', Path.DirectorySeparatorChar)) is { Length: > 0 } name ? name : path;
    }
}
