using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>How the local pipeline is laid out. Ports of 0 take free ones.</summary>
internal sealed record LocalPipelineOptions
{
    /// <summary>Blobs, queues, logs and the description of the running pipeline live here.</summary>
    public required string StateDirectory { get; init; }

    public required ModelChoice Model { get; init; }

    public int FunctionsPort { get; init; }

    public int BlobPort { get; init; }

    public int Workers { get; init; } = 1;

    /// <summary>How long a killed worker's job stays locked before another takes it.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromSeconds(30);
}
