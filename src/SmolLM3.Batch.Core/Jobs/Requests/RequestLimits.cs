namespace SmolLM3.Batch.Jobs;

/// <summary>How much a request may hold.</summary>
public sealed record RequestLimits
{
    /// <summary>Bytes of the request's JSON.</summary>
    public int Bytes { get; init; } = 8 << 20;

    /// <summary>Characters of an inline text.</summary>
    public int TextLength { get; init; } = 4_000_000;

    /// <summary>Tasks.</summary>
    public int Tasks { get; init; } = 16;

    /// <summary>Bytes of one task's options as JSON.</summary>
    public int OptionsBytes { get; init; } = 256 << 10;

    /// <summary>Entries of the metadata.</summary>
    public int MetadataEntries { get; init; } = 16;

    /// <summary>Characters of a metadata key.</summary>
    public int MetadataKeyLength { get; init; } = 64;

    /// <summary>Characters of a metadata value.</summary>
    public int MetadataValueLength { get; init; } = 512;

    /// <summary>Characters of a blob name or URL.</summary>
    public int NameLength { get; init; } = 1024;

    /// <summary>The defaults.</summary>
    public static RequestLimits Default { get; } = new();
}
