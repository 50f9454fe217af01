using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>A whole blob in one request.</summary>
internal sealed class PutBlob(BlobStore blobs)
{
    public async Task RunAsync(BlobRequest request)
    {
        string type = request.RequiredHeader("x-ms-blob-type");
        if (type != "BlockBlob")
            throw StorageException.NotImplemented($"blobs of type {type}");

        var checksum = new BodyChecksum(request);
        var conditions = Conditions.Of(request);
        await CheckAsync(request, conditions).ConfigureAwait(false);

        using StagedContent content = await Bodies.StageAsync(blobs, request, checksum).ConfigureAwait(false);
        checksum.Check(content);
        BlobRecord record = await blobs.CommitAsync(
            request.Address, content, BlobApi.PutBlob,
            current =>
            {
                conditions.CheckReplace(current);
                LeaseChecks.CheckWrite(request, current?.Record.Lease, blobs.Now);
                return BlobProperties.Of(request, Convert.ToBase64String(content.Md5)) with { Lease = current?.Record.Lease };
            },
            request.Aborted).ConfigureAwait(false);

        request.Response.StatusCode = StatusCodes.Status201Created;
        request.Response.Version(record.ETag, record.LastModified);
        request.Response.Headers["x-ms-request-server-encrypted"] = "true";
        checksum.Answer(request, content);
    }

    /// <summary>Tells a client that cannot succeed so before it sends its body; the answer that counts is given at the commit.</summary>
    private async Task CheckAsync(BlobRequest request, Conditions conditions)
    {
        if (!blobs.ContainerExists(request.Container!))
            throw StorageException.ContainerNotFound();
        BlobView? current = await blobs.FindAsync(request.Address, request.Aborted).ConfigureAwait(false);
        conditions.CheckReplace(current);
        LeaseChecks.CheckWrite(request, current?.Record.Lease, blobs.Now);
    }
}
