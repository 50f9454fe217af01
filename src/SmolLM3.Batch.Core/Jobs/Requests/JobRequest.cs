namespace SmolLM3.Batch.Jobs;

/// <summary>What a user asks for. The same from every door; read from JSON by <see cref="JobRequestReader"/>.</summary>
public sealed record JobRequest
{
    /// <summary>The id the user chose, or null. The same id with the same content is the same job.</summary>
    public JobId? JobId { get; init; }

    /// <summary>Name of a blob in the container <c>documents</c>, or an https URL. Either this or <see cref="Text"/> is set.</summary>
    public string? Document { get; init; }

    /// <summary>The document itself.</summary>
    public string? Text { get; init; }

    /// <summary>The tasks, at least one.</summary>
    public required IReadOnlyList<TaskRequest> Tasks { get; init; }

    /// <summary>Which of a worker's jobs goes first.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>A job that is not done by then expires.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Where to POST the job's final state.</summary>
    public Uri? CallbackUrl { get; init; }

    /// <summary>The user's own labels; kept in the record and the manifest.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
