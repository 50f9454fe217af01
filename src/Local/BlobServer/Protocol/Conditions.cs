using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>The conditional headers of a request, or, with the prefix <c>x-ms-source-</c>, of the source of a copy.</summary>
internal sealed record Conditions
{
    public string? IfMatch { get; private init; }

    public string? IfNoneMatch { get; private init; }

    public DateTimeOffset? IfModifiedSince { get; private init; }

    public DateTimeOffset? IfUnmodifiedSince { get; private init; }

    public static Conditions Of(BlobRequest request, string prefix = "")
    {
        if (request.Header(prefix.Length == 0 ? "x-ms-if-tags" : "x-ms-source-if-tags") is not null)
            throw StorageException.NotImplemented("conditions on tags");
        var conditions = new Conditions
        {
            IfMatch = Normalize(request.Header(prefix + "If-Match")),
            IfNoneMatch = Normalize(request.Header(prefix + "If-None-Match")),
            IfModifiedSince = request.Date(prefix + "If-Modified-Since"),
            IfUnmodifiedSince = request.Date(prefix + "If-Unmodified-Since"),
        };
        return conditions.IfMatch?.Contains(',') == true || conditions.IfNoneMatch?.Contains(',') == true
            ? throw new StorageException(400, "MultipleConditionHeadersNotSupported", "Multiple condition headers are not supported.")
            : conditions;
    }

    /// <summary>Before a change of what may or may not exist.</summary>
    public void CheckWrite(string? etag, DateTimeOffset lastModified)
    {
        if (etag is null)
        {
            if (IfMatch is not null)
                throw StorageException.ConditionNotMet();
            return;
        }

        bool fails = IfNoneMatch is not null
            ? IfNoneMatch == etag
            : IfMatch is not null
                ? IfMatch != "*" && IfMatch != etag
                : (IfModifiedSince is { } after && Seconds(lastModified) <= after) ||
                  (IfUnmodifiedSince is { } before && Seconds(lastModified) > before);
        if (fails)
            throw StorageException.ConditionNotMet();
    }

    /// <summary>Before content is replaced: here, and only here, <c>If-None-Match: *</c> means create, do not replace.</summary>
    public void CheckReplace(BlobView? current)
    {
        if (current is not null && IfNoneMatch == "*")
            throw StorageException.BlobAlreadyExists();
        CheckWrite(current?.Record.ETag, current?.Record.LastModified ?? default);
    }

    /// <summary>Before a read of what exists.</summary>
    public void CheckRead(BlobRecord blob)
    {
        if (IfNoneMatch == "*")
            throw new StorageException(
                400, "UnsatisfiableCondition", "The request includes an unsatisfiable condition for this operation.");
        if (IfMatch is not null && IfMatch != "*" && IfMatch != blob.ETag)
            throw StorageException.ConditionNotMet();
        if (IfUnmodifiedSince is { } before && Seconds(blob.LastModified) > before)
            throw StorageException.ConditionNotMet();

        bool? differs = IfNoneMatch is null ? null : IfNoneMatch != blob.ETag;
        bool? newer = IfModifiedSince is null ? null : Seconds(blob.LastModified) > IfModifiedSince;
        if ((differs == false && newer != true) || (newer == false && differs != true))
            throw StorageException.NotModified();
    }

    /// <summary>The service compares whole seconds, which is all that its headers carry.</summary>
    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>Clients may leave out the quotes.</summary>
    private static string? Normalize(string? etag) => etag is null or "*" || etag.StartsWith('"') ? etag : $"\"{etag}\"";
}
