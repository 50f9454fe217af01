using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Finds out what a request's document is, and pins the version that was accepted.</summary>
public sealed class DocumentResolver(JobContainers containers, IOptions<OutboundOptions> options)
{
    /// <summary>The document as a URL, or null if it is a blob's name.</summary>
    internal static Uri? AsUrl(string? document) =>
        document is not null && document.Contains("://", StringComparison.Ordinal) ? new Uri(document) : null;

    /// <summary>The reference for a request; stores its text where it brings one.</summary>
    /// <exception cref="InvalidRequestException">There is no such document, or it is too large.</exception>
    public async Task<DocumentReference> ResolveAsync(
        JobRequest request, JobId id, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (request.Text is { } text)
            return await StoreAsync(text, id, fingerprint, cancellationToken).ConfigureAwait(false);
        if (AsUrl(request.Document) is not { } url)
            return await FromBlobAsync(request.Document!, id, cancellationToken).ConfigureAwait(false);
        if (OwnBlob(url) is not { } blob)
            return new DocumentReference { Name = NameOf(url), Url = url };
        return BlobNames.StaysInside(blob)
            ? await FromBlobAsync(blob, id, cancellationToken).ConfigureAwait(false)
            : throw new InvalidRequestException("document", $"'{url}' leads out of the container '{ContainerNames.Documents}'.", id);
    }

    private async Task<DocumentReference> StoreAsync(string text, JobId id, string fingerprint, CancellationToken cancellationToken)
    {
        var name = BlobNames.InlineText(id, fingerprint);
        var content = Encoding.UTF8.GetBytes(text);
        await containers.Jobs.GetBlobClient(name).TryCreateAsync(
            content, new BlobHttpHeaders { ContentType = "text/plain; charset=utf-8" }, null, cancellationToken).ConfigureAwait(false);
        return new DocumentReference
        {
            Name = "text.txt", Container = ContainerNames.Jobs, Blob = name, Bytes = content.Length,
            ContentType = "text/plain; charset=utf-8",
        };
    }

    private async Task<DocumentReference> FromBlobAsync(string blob, JobId id, CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await containers.Documents.GetBlobClient(blob).GetPropertiesAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false)).Value;
            if (properties.ContentLength > options.Value.MaxDocumentBytes)
            {
                throw new InvalidRequestException(
                    "document", $"The blob '{blob}' has {properties.ContentLength:N0} bytes; at most {options.Value.MaxDocumentBytes:N0} are allowed.", id);
            }
            return new DocumentReference
            {
                Name = blob[(blob.LastIndexOf('/') + 1)..],
                Container = ContainerNames.Documents,
                Blob = blob,
                ETag = properties.ETag.ToString(),
                Bytes = properties.ContentLength,
                ContentType = properties.ContentType,
            };
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 400)
        {
            throw new InvalidRequestException(
                "document", $"There is no blob '{blob}' in the container '{ContainerNames.Documents}'. Upload it first.", id);
        }
    }

    // A URL into our own container needs no way out: the pipeline's identity reads it.
    private string? OwnBlob(Uri url)
    {
        var container = containers.Documents.Uri;
        return url.Query.Length == 0 && url.Host == container.Host && url.Port == container.Port
            && url.AbsolutePath.StartsWith(container.AbsolutePath + "/", StringComparison.Ordinal)
            ? new BlobUriBuilder(url).BlobName
            : null;
    }

    private static string NameOf(Uri url)
    {
        var last = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        return last.Length > 0 ? last : url.Host;
    }
}
