using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Copies within the account, done when the answer comes.</summary>
internal sealed class CopyBlob(BlobStore blobs)
{
    public async Task RunAsync(BlobRequest request)
    {
        string source = request.RequiredHeader("x-ms-copy-source");
        BlobAddress from = Parse(request, source);
        var conditions = Conditions.Of(request);
        var sourceConditions = Conditions.Of(request, "x-ms-source-");
        if (!blobs.ContainerExists(request.Container!))
            throw StorageException.ContainerNotFound();

        var (original, stream) = await blobs.OpenAsync(
            from,
            view =>
            {
                if (view is null)
                    throw StorageException.CannotVerifyCopySource(404, "The specified blob does not exist.");
                sourceConditions.CheckWrite(view.Record.ETag, view.Record.LastModified);
            },
            request.Aborted).ConfigureAwait(false);
        await using (stream)
        {
            using StagedContent content = await blobs.StageAsync(
                request.Address, (target, cancellation) =>
                    Bodies.CopyAsync(stream, target, original.Record.File.Length, cancellation), null, request.Aborted)
                .ConfigureAwait(false);
            var copy = new CopyFacts(Guid.NewGuid().ToString(), source, blobs.Now, original.Record.File.Length);
            BlobRecord record = await blobs.CommitAsync(
                request.Address, content, BlobApi.CopyBlob,
                current =>
                {
                    conditions.CheckReplace(current);
                    LeaseChecks.CheckWrite(request, current?.Record.Lease, blobs.Now);
                    return Describe(request, original.Record) with { Copy = copy, Lease = current?.Record.Lease };
                },
                request.Aborted).ConfigureAwait(false);

            request.Response.StatusCode = request.Flag("x-ms-requires-sync") ? StatusCodes.Status202Accepted
                : request.Header("x-ms-blob-type") is null ? StatusCodes.Status202Accepted : StatusCodes.Status201Created;
            request.Response.Version(record.ETag, record.LastModified);
            request.Response.Headers["x-ms-copy-id"] = copy.Id;
            request.Response.Headers["x-ms-copy-status"] = "success";
        }
    }

    /// <summary>Metadata come from the request if it has any, else from the source; tags only from the request.</summary>
    private static BlobRecord Describe(BlobRequest request, BlobRecord original)
    {
        Dictionary<string, string> metadata = request.Metadata();
        return original with
        {
            Metadata = metadata.Count > 0 ? metadata : original.Metadata,
            Tags = request.Header("x-ms-tags") is { } tags ? TagSets.Parse(tags) : [],
            AccessTier = BlobProperties.TierOf(request),
        };
    }

    private static BlobAddress Parse(BlobRequest request, string source)
    {
        if (!Uri.TryCreate(source, UriKind.Absolute, out Uri? uri))
            throw StorageException.InvalidHeader("x-ms-copy-source", source);
        string[] parts = uri.AbsolutePath[1..].Split('/', 3);
        if (parts.Length < 3 || parts[0] != request.Account || !uri.Authority.Equals(
            request.Http.Host.Value, StringComparison.OrdinalIgnoreCase))
            throw StorageException.NotImplemented("copies from another account");
        if (uri.Query.Length > 0)
            throw StorageException.NotImplemented("copies of snapshots or by shared access signature");
        return new BlobAddress(Uri.UnescapeDataString(parts[1]), Uri.UnescapeDataString(parts[2]));
    }
}
