using System.Text.Json.Serialization;

namespace SmolLM3.Local.BlobServer.Events;

/// <summary>That a blob was created or replaced.</summary>
public sealed record BlobAnnouncement
{
    public required Guid Id { get; init; }

    /// <summary>Later announcements of the same blob have greater numbers.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Container { get; init; }

    public required string Name { get; init; }

    /// <summary><c>PutBlob</c>, <c>PutBlockList</c> or <c>CopyBlob</c>.</summary>
    public required string Api { get; init; }

    public required string ETag { get; init; }

    public required string ContentType { get; init; }

    public required long ContentLength { get; init; }
}

internal static class BlobApi
{
    public const string PutBlob = "PutBlob";
    public const string PutBlockList = "PutBlockList";
    public const string CopyBlob = "CopyBlob";
}

[JsonSerializable(typeof(BlobAnnouncement))]
internal sealed partial class AnnouncementJson : JsonSerializerContext;
