using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Messages;

/// <summary>Body of a message on the queue <c>events</c>: a job reached a final state.</summary>
/// <param name="JobId">The job.</param>
/// <param name="State">Its final state.</param>
/// <param name="FinishedAt">When.</param>
/// <param name="BatchId">The batch it is a shard of.</param>
public sealed record JobEvent(JobId JobId, JobState State, DateTimeOffset FinishedAt, string? BatchId = null);
