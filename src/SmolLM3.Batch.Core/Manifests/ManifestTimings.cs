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
    int Attempts);
