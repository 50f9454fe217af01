using System.Xml.Linq;
using SmolLM3.Local.BlobServer.Protocol;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Operations;

/// <summary>List Blobs, flat or by a delimiter.</summary>
internal sealed class ListBlobs(BlobStore blobs, BlobWalker walker)
{
    public async Task RunAsync(BlobRequest request)
    {
        string container = request.Container!;
        if (!blobs.ContainerExists(container))
            throw StorageException.ContainerNotFound();

        ListPage page = ListPage.Of(request);
        string delimiter = request.Parameter("delimiter") ?? "";
        var items = new XElement("Blobs");
        string? next = null;
        int count = 0;
        foreach (string item in Items(container, page, delimiter))
        {
            if (count == page.MaxResults)
            {
                next = item;
                break;
            }

            bool isPrefix = delimiter.Length > 0 && item.IndexOf(delimiter, page.Prefix.Length, StringComparison.Ordinal) >= 0;
            XElement? element = isPrefix
                ? new XElement("BlobPrefix", XmlBody.Name("Name", item))
                : await DescribeAsync(new BlobAddress(container, item), page.Include, request.Aborted).ConfigureAwait(false);
            if (element is null)
                continue;
            items.Add(element);
            count++;
        }

        XElement body = page.Envelope(request, items, next, delimiter.Length > 0 ? [new XElement("Delimiter", delimiter)] : []);
        body.SetAttributeValue("ContainerName", container);
        await XmlBody.WriteAsync(request, body).ConfigureAwait(false);
    }

    /// <summary>Blob names and, with a delimiter, the prefixes that stand for all names below them.</summary>
    private IEnumerable<string> Items(string container, ListPage page, string delimiter)
    {
        if (delimiter.Length == 0)
        {
            foreach (string name in walker.Names(container, page.Prefix, page.From))
                yield return name;
            yield break;
        }

        string from = page.From;
        while (true)
        {
            string? prefix = null;
            foreach (string name in walker.Names(container, page.Prefix, from))
            {
                int cut = name.IndexOf(delimiter, page.Prefix.Length, StringComparison.Ordinal);
                if (cut >= 0)
                {
                    prefix = name[..(cut + delimiter.Length)];
                    break;
                }

                yield return name;
            }

            if (prefix is null)
                yield break;
            yield return prefix;
            from = prefix[..^1] + (char)(prefix[^1] + 1);
        }
    }

    private async Task<XElement?> DescribeAsync(BlobAddress blob, IReadOnlySet<string> include, CancellationToken cancellationToken)
    {
        if (await blobs.FindAsync(blob, cancellationToken).ConfigureAwait(false) is not { } view)
            return null;
        BlobRecord record = view.Record;
        var element = new XElement("Blob", XmlBody.Name("Name", record.Name), Properties(record, include));
        if (include.Contains("metadata"))
            element.Add(new XElement("Metadata", record.Metadata.Select(pair => new XElement(pair.Key, pair.Value))));
        if (include.Contains("tags") && record.Tags.Count > 0)
            element.Add(TagSets.ToXml(record.Tags));
        return element;
    }

    private XElement Properties(BlobRecord record, IReadOnlySet<string> include)
    {
        LeaseState state = LeaseStates.StateAt(record.Lease, blobs.Now);
        var properties = new XElement(
            "Properties",
            new XElement("Creation-Time", ResponseHeaders.Http(record.Created)),
            new XElement("Last-Modified", ResponseHeaders.Http(record.LastModified)),
            new XElement("Etag", record.ETag.Trim('"')),
            new XElement("Content-Length", record.File.Length),
            new XElement("Content-Type", record.Headers.ContentType),
            new XElement("Content-Encoding", record.Headers.ContentEncoding),
            new XElement("Content-Language", record.Headers.ContentLanguage),
            new XElement("Content-MD5", record.Headers.ContentMd5),
            new XElement("Cache-Control", record.Headers.CacheControl),
            new XElement("Content-Disposition", record.Headers.ContentDisposition),
            new XElement("BlobType", "BlockBlob"),
            new XElement("AccessTier", record.AccessTier),
            new XElement("LeaseStatus", state.Locks() ? "locked" : "unlocked"),
            new XElement("LeaseState", state.Header()),
            new XElement("ServerEncrypted", "true"));
        if (state == LeaseState.Leased)
            properties.Add(new XElement("LeaseDuration", record.Lease!.Duration is null ? "infinite" : "fixed"));
        if (record.Tags.Count > 0)
            properties.Add(new XElement("TagCount", record.Tags.Count));
        if (include.Contains("copy") && record.Copy is { } copy)
        {
            properties.Add(
                new XElement("CopyId", copy.Id), new XElement("CopyStatus", "success"), new XElement("CopySource", copy.Source),
                new XElement("CopyProgress", $"{copy.Length}/{copy.Length}"), new XElement(
                    "CopyCompletionTime", ResponseHeaders.Http(copy.Completed)));
        }

        return properties;
    }
}
