using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Manifests;

/// <summary>
/// <c>results/{jobId}/manifest.json</c>: written last and only once. Where it stands, the job's results are complete and do not change.
/// </summary>
public sealed record Manifest
{
    /// <summary>Version of this file's shape.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>The state that the outcomes amount to; of a shard that was cut short, how it ended.</summary>
    public required JobState State { get; init; }

    /// <summary>The document.</summary>
    public DocumentReference? Document { get; init; }

    /// <summary>The batch that the job is a shard of.</summary>
    public string? BatchId { get; init; }

    /// <summary>The tasks, in the order of the request.</summary>
    public required IReadOnlyList<ManifestTask> Tasks { get; init; }

    /// <summary>The model that computed it.</summary>
    public required ManifestModel Model { get; init; }

    /// <summary>What it took.</summary>
    public required ManifestUsage Usage { get; init; }

    /// <summary>When things happened.</summary>
    public required ManifestTimings Timings { get; init; }

    /// <summary>What the reader of the results should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The labels of the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>How each task ended, as the record keeps it.</summary>
    public IReadOnlyList<TaskOutcome> Outcomes() => [.. Tasks.Select(task => new TaskOutcome(task.Name, task.Error is null, task.Error))];
}
