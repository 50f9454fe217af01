using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Messages;

/// <summary>
/// Body of a message on the queue <c>work</c>. Everything else is in the job's record: a message names blobs and carries none.
/// </summary>
/// <param name="JobId">The job to do.</param>
public sealed record WorkMessage(JobId JobId);
