namespace SmolLM3.Batch.Batches;

/// <summary>All that is known of a batch: the blob <c>jobs/_batches/{id}/batch.json</c>. Changed only under its ETag.</summary>
public sealed record BatchRecord
{
    /// <summary>The batch.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is.</summary>
    public required BatchState State { get; init; }

    /// <summary>The endpoint that its lines ask for.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The file of its lines.</summary>
    public required string InputFileId { get; init; }

    /// <summary>The time it was given, as the user wrote it.</summary>
    public required string CompletionWindow { get; init; }

    /// <summary>The user's labels.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it failed as a whole.</summary>
    public IReadOnlyList<BatchError> Errors { get; init; } = [];

    /// <summary>Its shards, once it is planned.</summary>
    public IReadOnlyList<BatchShard> Shards { get; init; } = [];

    /// <summary>Whether its owner asked to cancel it.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>Answers, when it is over and there are any.</summary>
    public string? OutputFileId { get; init; }

    /// <summary>Error lines, when it is over and there are any.</summary>
    public string? ErrorFileId { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When its shards were queued.</summary>
    public DateTimeOffset? InProgressAt { get; init; }

    /// <summary>When its last shard was over.</summary>
    public DateTimeOffset? FinalizingAt { get; init; }

    /// <summary>When cancellation was asked for.</summary>
    public DateTimeOffset? CancellingAt { get; init; }

    /// <summary>When it was over, in whatever way.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool IsFinal => State is BatchState.Failed or BatchState.Completed or BatchState.Expired or BatchState.Cancelled;

    /// <summary>Whether every shard is over.</summary>
    public bool ShardsAreFinal => Shards.All(shard => shard.State is not null);
}
