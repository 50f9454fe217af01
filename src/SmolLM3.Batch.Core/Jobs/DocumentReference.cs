namespace SmolLM3.Batch.Jobs;

/// <summary>Where a job's document lies: in a container, or behind a URL.</summary>
public sealed record DocumentReference
{
    /// <summary>The name that people know it by; its extension tells its kind.</summary>
    public required string Name { get; init; }

    /// <summary>The container, or null if <see cref="Url"/> is set.</summary>
    public string? Container { get; init; }

    /// <summary>The blob in <see cref="Container"/>.</summary>
    public string? Blob { get; init; }

    /// <summary>The version that was accepted; another one is not this job's document.</summary>
    public string? ETag { get; init; }

    /// <summary>Size, where known.</summary>
    public long? Bytes { get; init; }

    /// <summary>Content type, where known.</summary>
    public string? ContentType { get; init; }

    /// <summary>Where to fetch it from.</summary>
    public Uri? Url { get; init; }
}
