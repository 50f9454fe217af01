using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>What a request says of the blob that it writes.</summary>
internal static class BlobProperties
{
    private static readonly string[] Tiers = ["Hot", "Cool", "Cold", "Archive"];

    /// <summary>A record with everything from the headers; the store fills in what it alone knows.</summary>
    public static BlobRecord Of(BlobRequest request, string? computedMd5) => new()
    {
        Name = request.Blob!,
        ETag = "",
        LastModified = default,
        Created = default,
        File = new FileFacts(0, 0),
        Headers = HeadersOf(request, request.Header("Content-Type")) with { ContentMd5 = Md5Of(request) ?? computedMd5 },
        Metadata = request.Metadata(),
        Tags = request.Header("x-ms-tags") is { } tags ? TagSets.Parse(tags) : [],
        AccessTier = TierOf(request),
    };

    public static BlobHttpHeaders HeadersOf(BlobRequest request, string? fallbackContentType) => new()
    {
        ContentType = request.Header("x-ms-blob-content-type") ?? fallbackContentType ?? "application/octet-stream",
        ContentEncoding = request.Header("x-ms-blob-content-encoding"),
        ContentLanguage = request.Header("x-ms-blob-content-language"),
        ContentDisposition = request.Header("x-ms-blob-content-disposition"),
        CacheControl = request.Header("x-ms-blob-cache-control"),
        ContentMd5 = Md5Of(request),
    };

    public static string TierOf(BlobRequest request)
    {
        if (request.Header("x-ms-access-tier") is not { } tier)
            return "Hot";
        return Tiers.FirstOrDefault(known => known.Equals(tier, StringComparison.OrdinalIgnoreCase))
               ?? throw StorageException.InvalidHeader("x-ms-access-tier", tier);
    }

    private static string? Md5Of(BlobRequest request) => request.Header("x-ms-blob-content-md5");
}
