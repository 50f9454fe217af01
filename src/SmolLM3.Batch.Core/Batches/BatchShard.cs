using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Batches;

/// <summary>One shard of a batch: a job over a run of lines.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">Its lines.</param>
/// <param name="Requests">Lines that are not blank.</param>
public sealed record BatchShard(JobId JobId, ShardReference Source, int Requests)
{
    /// <summary>The job's final state, or null until then.</summary>
    public JobState? State { get; init; }

    /// <summary>Lines that were answered.</summary>
    public int Completed { get; init; }

    /// <summary>Lines that were tried and became error lines.</summary>
    public int Failed { get; init; }

    /// <summary>File with the answers among the job's results, or null.</summary>
    public string? OutputFile { get; init; }

    /// <summary>File with the error lines among the job's results, or null.</summary>
    public string? ErrorFile { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>Tokens read and written.</summary>
    public TokenUsage Usage { get; init; }
}
