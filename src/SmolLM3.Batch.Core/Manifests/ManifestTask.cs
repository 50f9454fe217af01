namespace SmolLM3.Batch.Manifests;

/// <summary>One task in a manifest.</summary>
public sealed record ManifestTask
{
    /// <summary>Its name in results.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Share of the document that it read: 1 is all.</summary>
    public double Coverage { get; init; }

    /// <summary>Why it has no files.</summary>
    public string? Error { get; init; }

    /// <summary>Counts of its lines; only for a shard of a batch.</summary>
    public ManifestLines? Lines { get; init; }

    /// <summary>Its result files.</summary>
    public IReadOnlyList<ManifestFile> Files { get; init; } = [];
}
