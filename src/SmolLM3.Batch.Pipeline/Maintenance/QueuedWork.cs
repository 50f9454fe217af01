using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The head of the queue <c>work</c>.</summary>
/// <param name="Jobs">Jobs whose messages were seen.</param>
/// <param name="SeenUntil">When the last message seen was sent; null where all of the queue was seen.</param>
public sealed record QueuedWork(IReadOnlySet<JobId> Jobs, DateTimeOffset? SeenUntil)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether the message of a job is gone: never sent, or lost. The queue is first in, first out, and a locked message keeps its place,
    /// so a message sent before the last one seen would have been seen. Of one sent after it, nothing is known.
    /// </summary>
    public bool Lacks(JobId job, DateTimeOffset queuedAt) =>
        !Jobs.Contains(job) && (SeenUntil is not { } until || queuedAt + ClockSkew < until);
}
