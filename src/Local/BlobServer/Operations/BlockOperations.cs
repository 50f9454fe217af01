using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>Put Block, Put Block List, Get Block List.</summary>
internal sealed class BlockOperations(BlobStore blobs)
{
    private const int MaxBlocks = 50_000;
    private const int MaxIdBytes = 64;
    private readonly UncommittedBlocks _uncommitted = new(blobs.Layout);

    public async Task PutAsync(BlobRequest request)
    {
        string id = request.Parameter("blockid") ?? "";
        if (!IsBlockId(id))
            throw StorageException.InvalidQuery("blockid", id);
        if (!blobs.ContainerExists(request.Container!))
            throw StorageException.ContainerNotFound();

        var checksum = new BodyChecksum(request);
        using StagedContent content = await Bodies.StageAsync(blobs, request, checksum).ConfigureAwait(false);
        checksum.Check(content);
        await blobs.WithLockAsync(
            request.Address,
            current =>
            {
                LeaseChecks.CheckWrite(request, current?.Record.Lease, blobs.Now);
                if (_uncommitted.List(request.Address).FirstOrDefault() is { } other && other.Id.Length != id.Length)
                    throw new StorageException(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.");
                _uncommitted.Put(request.Address, id, content);
                return true;
            },
            request.Aborted).ConfigureAwait(false);

        request.Response.StatusCode = StatusCodes.Status201Created;
        request.Response.Headers["x-ms-request-server-encrypted"] = "true";
        checksum.Answer(request, content);
    }

    public async Task PutListAsync(BlobRequest request)
    {
        List<(string Kind, string Id)> wanted = await ReadListAsync(request).ConfigureAwait(false);
        var conditions = Conditions.Of(request);
        if (!blobs.ContainerExists(request.Container!))
            throw StorageException.ContainerNotFound();

        // The committed blocks that the list keeps are read from the blob as it is now; if it has changed by the commit, start over.
        while (true)
        {
            BlobView? before = await blobs.FindAsync(request.Address, request.Aborted).ConfigureAwait(false);
            conditions.CheckReplace(before);
            List<BlockPart> parts = Resolve(request.Address, before, wanted);
            using StagedContent content = await blobs.StageAsync(
                request.Address, (target, cancellation) =>
                    AssembleAsync(parts, target, cancellation), null, request.Aborted).ConfigureAwait(false);
            bool changed = false;
            BlobRecord? record = null;
            try
            {
                record = await blobs.CommitAsync(
                    request.Address, content, BlobApi.PutBlockList,
                    current =>
                    {
                        conditions.CheckReplace(current);
                        LeaseChecks.CheckWrite(request, current?.Record.Lease, blobs.Now);
                        changed = current?.Record.ETag != before?.Record.ETag && wanted.Any(block => block.Kind != "Uncommitted");
                        if (changed)
                            throw new RetryException();
                        return BlobProperties.Of(request, computedMd5: null) with
                        {
                            // The body's type is that of the list, not of the blob.
                            Headers = BlobProperties.HeadersOf(request, fallbackContentType: null),
                            Blocks = parts.ConvertAll(part => new CommittedBlock(part.Id, part.Length)),
                            Lease = current?.Record.Lease,
                        };
                    },
                    request.Aborted).ConfigureAwait(false);
            }
            catch (RetryException)
            {
                continue;
            }

            request.Response.StatusCode = StatusCodes.Status201Created;
            request.Response.Version(record.ETag, record.LastModified);
            request.Response.Headers["x-ms-request-server-encrypted"] = "true";
            return;
        }
    }

    public async Task GetListAsync(BlobRequest request)
    {
        string type = request.Parameter("blocklisttype") ?? "committed";
        BlobView? view = await blobs.FindAsync(request.Address, request.Aborted).ConfigureAwait(false);
        IReadOnlyList<CommittedBlock> uncommitted = _uncommitted.List(request.Address);
        if (view is null && uncommitted.Count == 0)
            throw blobs.NotFound(request.Address);

        var body = new XElement("BlockList");
        if (type is "committed" or "all")
            body.Add(new XElement("CommittedBlocks", (view?.Record.Blocks ?? []).Select(ToXml)));
        if (type is "uncommitted" or "all")
            body.Add(new XElement("UncommittedBlocks", uncommitted.Select(ToXml)));
        if (view is not null)
        {
            request.Response.Version(view.Record.ETag, view.Record.LastModified);
            request.Response.Headers["x-ms-blob-content-length"] = view.Record.File.Length.ToString(CultureInfo.InvariantCulture);
        }

        await XmlBody.WriteAsync(request, body).ConfigureAwait(false);
    }

    private static async Task<List<(string Kind, string Id)>> ReadListAsync(BlobRequest request)
    {
        XElement body = await XmlBody.ReadAsync(request).ConfigureAwait(false);
        var wanted = body.Elements().Select(element => (Kind: element.Name.LocalName, Id: element.Value.Trim())).ToList();
        if (body.Name.LocalName != "BlockList" || wanted.Any(block => block.Kind is not ("Latest" or "Committed" or "Uncommitted")))
            throw StorageException.InvalidXml();
        if (wanted.Count > MaxBlocks)
            throw new StorageException(
                409, "BlockCountExceedsLimit", "The committed block count cannot exceed the maximum limit of 50,000 blocks.");
        return wanted;
    }

    private List<BlockPart> Resolve(BlobAddress blob, BlobView? current, List<(string Kind, string Id)> wanted)
    {
        var committed = new Dictionary<string, BlockPart>(StringComparer.Ordinal);
        long offset = 0;
        foreach (CommittedBlock block in current?.Record.Blocks ?? [])
        {
            committed[block.Id] = new BlockPart(block.Id, current!.Path, offset, block.Length);
            offset += block.Length;
        }

        var uncommitted = _uncommitted.List(blob)
            .ToDictionary(
                block => block.Id, block => new BlockPart(block.Id, _uncommitted.PathOf(blob, block.Id), 0, block.Length),
                StringComparer.Ordinal);
        return wanted.ConvertAll(block =>
            (block.Kind != "Committed" ? uncommitted.GetValueOrDefault(block.Id) : null) ??
            (block.Kind != "Uncommitted" ? committed.GetValueOrDefault(block.Id) : null) ??
            throw StorageException.InvalidBlockList());
    }

    private static async Task AssembleAsync(List<BlockPart> parts, Stream target, CancellationToken cancellationToken)
    {
        foreach (BlockPart part in parts)
        {
            await using FileStream source = Open(part.Path);
            source.Position = part.Offset;
            await Bodies.CopyAsync(source, target, part.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A block may be gone because another request committed or replaced the blob meanwhile.</summary>
    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StorageException.InvalidBlockList();
        }
    }

    private static bool IsBlockId(string id)
    {
        Span<byte> decoded = stackalloc byte[MaxIdBytes];
        return id.Length is > 0 and <= 2 * MaxIdBytes && Convert.TryFromBase64String(id, decoded, out int length) && length > 0;
    }

    private static XElement ToXml(CommittedBlock block) => new("Block", new XElement("Name", block.Id), new XElement("Size", block.Length));

    private sealed record BlockPart(string Id, string Path, long Offset, long Length);

    private sealed class RetryException : Exception;
}
