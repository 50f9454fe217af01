using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Operations that change or take away a blob without bringing new bytes.</summary>
internal sealed class ChangeBlob(BlobStore blobs)
{
    public Task SetMetadataAsync(BlobRequest request) =>
        SetAsync(request, blob => blob with { Metadata = request.Metadata() });

    public Task SetHeadersAsync(BlobRequest request) =>
        SetAsync(request, blob => blob with { Headers = BlobProperties.HeadersOf(request, fallbackContentType: null) });

    public async Task SetTierAsync(BlobRequest request)
    {
        string tier = BlobProperties.TierOf(request);
        await blobs.UpdateAsync(request.Address, view => view.Record with { AccessTier = tier }, request.Aborted).ConfigureAwait(false);
    }

    public async Task SetTagsAsync(BlobRequest request)
    {
        Dictionary<string, string> tags = TagSets.Parse(await XmlBody.ReadAsync(request).ConfigureAwait(false));
        await blobs.UpdateAsync(
            request.Address,
            view =>
            {
                LeaseChecks.CheckRead(request, view.Record.Lease, blobs.Now);
                return view.Record with { Tags = tags };
            },
            request.Aborted).ConfigureAwait(false);
        request.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task GetTagsAsync(BlobRequest request)
    {
        BlobView view = await blobs.FindAsync(request.Address, request.Aborted).ConfigureAwait(false)
            ?? throw blobs.NotFound(request.Address);
        await XmlBody.WriteAsync(request, TagSets.ToXml(view.Record.Tags)).ConfigureAwait(false);
    }

    public async Task DeleteAsync(BlobRequest request)
    {
        var conditions = Conditions.Of(request);
        await blobs.DeleteAsync(
            request.Address,
            view =>
            {
                if (view is null)
                    return;
                conditions.CheckWrite(view.Record.ETag, view.Record.LastModified);
                LeaseChecks.CheckWrite(request, view.Record.Lease, blobs.Now);
            },
            request.Aborted).ConfigureAwait(false);
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        request.Response.Headers["x-ms-delete-type-permanent"] = "true";
    }

    private async Task SetAsync(BlobRequest request, Func<BlobRecord, BlobRecord> change)
    {
        var conditions = Conditions.Of(request);
        BlobRecord record = await blobs.UpdateAsync(
            request.Address,
            view =>
            {
                conditions.CheckWrite(view.Record.ETag, view.Record.LastModified);
                LeaseChecks.CheckWrite(request, view.Record.Lease, blobs.Now);
                return change(view.Record) with { ETag = blobs.Stamps.NextETag(), LastModified = blobs.Now };
            },
            request.Aborted).ConfigureAwait(false);
        request.Response.Version(record.ETag, record.LastModified);
        request.Response.Headers["x-ms-request-server-encrypted"] = "true";
    }
}
