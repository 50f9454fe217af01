using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>Everything about a blob but its bytes; a JSON file beside them.</summary>
internal sealed record BlobRecord
{
    public required string Name { get; init; }

    public required string ETag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The file that these facts describe. Another length or time means that somebody changed the file by hand.</summary>
    public required FileFacts File { get; init; }

    /// <summary>Where the bytes lay before they were renamed into place; finishing that rename is all that recovery has to do.</summary>
    public string? Staged { get; init; }

    /// <summary>The bytes lie outside the container's folder, because no path there can hold the name.</summary>
    public bool Overflow { get; init; }

    public BlobHttpHeaders Headers { get; init; } = new();

    public Dictionary<string, string> Metadata { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    public string AccessTier { get; init; } = "Hot";

    public List<CommittedBlock> Blocks { get; init; } = [];

    public Lease? Lease { get; init; }

    public CopyFacts? Copy { get; init; }
}

internal sealed record FileFacts(long Length, long ModifiedTicks)
{
    public static FileFacts? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileFacts(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }
}

internal sealed record BlobHttpHeaders
{
    public string ContentType { get; init; } = "application/octet-stream";

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? ContentDisposition { get; init; }

    public string? CacheControl { get; init; }

    /// <summary>Base64.</summary>
    public string? ContentMd5 { get; init; }
}

/// <summary>A block of the committed list; <see cref="Id"/> is base64, as the client gave it.</summary>
internal sealed record CommittedBlock(string Id, long Length);

internal sealed record CopyFacts(string Id, string Source, DateTimeOffset Completed, long Length);

internal sealed record ContainerRecord
{
    public required string ETag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>null, <c>blob</c> or <c>container</c>.</summary>
    public string? PublicAccess { get; init; }

    public Lease? Lease { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(BlobRecord))]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
