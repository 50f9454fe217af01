using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Manifests;

/// <summary>When things happened to a job.</summary>
/// <param name="CreatedAt">It was accepted.</param>
/// <param name="StartedAt">A worker first claimed it.</param>
/// <param name="FinishedAt">Its results were complete.</param>
/// <param name="QueueSeconds">It waited for a worker.</param>
/// <param name="RunSeconds">From the first claim to the end.</param>
/// <param name="Attempts">Claims it took.</param>
public sealed record ManifestTimings(
    DateTimeOffset CreatedAt,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    double QueueSeconds,
    double RunSeconds,
    int Attempts)
{
    /// <summary>Of a job that is complete now; spans in whole milliseconds.</summary>
    public static ManifestTimings Of(JobRecord job, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        var started = job.StartedAt ?? job.CreatedAt;
        return new(
            job.CreatedAt, started, now, Math.Round((started - job.CreatedAt).TotalSeconds, 3), Math.Round((now - started).TotalSeconds, 3),
            job.Attempts);
    }
}
