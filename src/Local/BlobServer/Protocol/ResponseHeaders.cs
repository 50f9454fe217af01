using System.Globalization;
using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>The headers by which answers describe what they are about.</summary>
internal static class ResponseHeaders
{
    public static void Version(this HttpResponse response, string etag, DateTimeOffset lastModified)
    {
        response.Headers.ETag = etag;
        response.Headers.LastModified = Http(lastModified);
    }

    public static void Describe(this HttpResponse response, BlobRecord blob, DateTimeOffset now)
    {
        response.Version(blob.ETag, blob.LastModified);
        var headers = response.Headers;
        headers.AcceptRanges = "bytes";
        headers.ContentType = blob.Headers.ContentType;
        Set(headers, "Content-Encoding", blob.Headers.ContentEncoding);
        Set(headers, "Content-Language", blob.Headers.ContentLanguage);
        Set(headers, "Content-Disposition", blob.Headers.ContentDisposition);
        Set(headers, "Cache-Control", blob.Headers.CacheControl);
        headers["x-ms-blob-type"] = "BlockBlob";
        headers["x-ms-creation-time"] = Http(blob.Created);
        headers["x-ms-server-encrypted"] = "true";
        headers["x-ms-access-tier"] = blob.AccessTier;
        if (blob.Tags.Count > 0)
            headers["x-ms-tag-count"] = blob.Tags.Count.ToString(CultureInfo.InvariantCulture);
        response.Describe(blob.Lease, now);
        response.Describe(blob.Metadata);
        if (blob.Copy is { } copy)
        {
            headers["x-ms-copy-id"] = copy.Id;
            headers["x-ms-copy-status"] = "success";
            headers["x-ms-copy-source"] = copy.Source;
            headers["x-ms-copy-progress"] = string.Create(CultureInfo.InvariantCulture, $"{copy.Length}/{copy.Length}");
            headers["x-ms-copy-completion-time"] = Http(copy.Completed);
        }
    }

    public static void Describe(this HttpResponse response, Dictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
            response.Headers["x-ms-meta-" + name] = value;
    }

    public static void Describe(this HttpResponse response, Lease? lease, DateTimeOffset now)
    {
        LeaseState state = LeaseStates.StateAt(lease, now);
        response.Headers["x-ms-lease-state"] = state.Header();
        response.Headers["x-ms-lease-status"] = state.Locks() ? "locked" : "unlocked";
        if (state == LeaseState.Leased)
            response.Headers["x-ms-lease-duration"] = lease!.Duration is null ? "infinite" : "fixed";
    }

    public static string Http(DateTimeOffset time) => time.UtcDateTime.ToString("r", CultureInfo.InvariantCulture);

    private static void Set(IHeaderDictionary headers, string name, string? value)
    {
        if (value is not null)
            headers[name] = value;
    }
}
