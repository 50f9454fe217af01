using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Jobs;

/// <summary>
/// All that is known of a job: the blob <c>jobs/{jobId}/job.json</c>. Changed only by <see cref="JobTransitions"/> and only under its ETag.
/// </summary>
public sealed record JobRecord
{
    /// <summary>The job.</summary>
    public required JobId Id { get; init; }

    /// <summary>Where it is.</summary>
    public required JobState State { get; init; }

    /// <summary>How it came in.</summary>
    public required JobDoor Door { get; init; }

    /// <summary>The document; null for a shard and where the request could not be read.</summary>
    public DocumentReference? Document { get; init; }

    /// <summary>The lines of a batch that a shard computes.</summary>
    public ShardReference? Shard { get; init; }

    /// <summary>The tasks.</summary>
    public IReadOnlyList<TaskRequest> Tasks { get; init; } = [];

    /// <summary>Which of a worker's jobs goes first.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>When it expires.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Where its final state is POSTed.</summary>
    public Uri? CallbackUrl { get; init; }

    /// <summary>The user's labels.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The batch it is a shard of.</summary>
    public string? BatchId { get; init; }

    /// <summary>SHA-256 of the request: the same id with another request is a conflict.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its work message was last sent.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When the first worker claimed it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it reached its final state.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When this record last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How often a worker claimed it.</summary>
    public int Attempts { get; init; }

    /// <summary>How often its worker gave it back because the worker had to leave, which is nobody's fault.</summary>
    public int GivenBack { get; init; }

    /// <summary>Claims that ended in an error or with the worker's death, the present claim included until it ends well.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int FailedAttempts => Attempts - GivenBack;

    /// <summary>The worker that holds it, or null.</summary>
    public string? Worker { get; init; }

    /// <summary>When that worker last said so.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>Completions done and planned.</summary>
    public JobProgress Progress { get; init; } = new(0, 0);

    /// <summary>Whether its owner asked to cancel it.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Why it did not succeed, or null.</summary>
    public JobError? Error { get; init; }

    /// <summary>How each task ended; empty until then.</summary>
    public IReadOnlyList<TaskOutcome> Outcomes { get; init; } = [];

    /// <summary>Tokens read and written.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>What became of the callback; null where none was asked for, or none was tried yet.</summary>
    public JobCallback? Callback { get; init; }

    /// <summary>W3C trace context of the request, so that worker and notification continue its trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The record as users see it, without what only the pipeline itself needs.</summary>
    public JobRecord ForUsers() => this with { Fingerprint = null, TraceParent = null };
}
