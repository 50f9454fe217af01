using System.Net;
using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Gets a job's document: the version that was accepted, and not more of it than allowed.</summary>
public sealed class DocumentFetcher(
    JobContainers containers, OutboundHttp http, DocumentReader reader, IOptions<OutboundOptions> options, TimeProvider time)
{
    /// <summary>Fetches and reads a document.</summary>
    /// <exception cref="DocumentUnavailableException">It is gone, was replaced, is too large or may not be fetched.</exception>
    /// <exception cref="DocumentException">It cannot be read.</exception>
    public async Task<Document> FetchAsync(DocumentReference reference, CancellationToken cancellationToken = default)
    {
        if (reference.Url is { } url)
            return await FromUrlAsync(reference, url, cancellationToken).ConfigureAwait(false);
        var content = await FromBlobAsync(reference, cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(content, reference.Name, reference.ContentType, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> FromBlobAsync(DocumentReference reference, CancellationToken cancellationToken)
    {
        var blob = containers.Blob(reference.Container!, reference.Blob!);
        var conditions = reference.ETag is { } etag ? new BlobRequestConditions { IfMatch = new ETag(etag) } : null;
        try
        {
            var download = await blob.DownloadContentAsync(new BlobDownloadOptions { Conditions = conditions }, cancellationToken)
                .ConfigureAwait(false);
            return download.Value.Content.ToStream();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw new DocumentUnavailableException(
                ErrorCodes.DocumentNotFound, $"The blob '{reference.Blob}' was deleted before the job ran. Upload it and submit again.");
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            throw new DocumentUnavailableException(
                ErrorCodes.DocumentChanged,
                $"The blob '{reference.Blob}' was overwritten after the job was accepted. Submit it again to process the new version.");
        }
    }

    private async Task<Document> FromUrlAsync(DocumentReference reference, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Refused(url, response.StatusCode);
            if (response.Content.Headers.ContentLength > options.Value.MaxDocumentBytes)
                throw TooLarge(url);
            using var timer = new CancellationTokenSource(options.Value.Timeout, time);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
            var stream = await response.Content.ReadAsStreamAsync(timeout.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var content = await ReadBoundedAsync(stream, url, timeout.Token).ConfigureAwait(false);
                return await reader.ReadAsync(content, reference.Name, response.Content.Headers.ContentType?.ToString(), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (OutboundRefusedException exception)
        {
            throw new DocumentUnavailableException(ErrorCodes.DocumentUnreachable, exception.Message);
        }
        catch (HttpRequestException exception) when (exception.InnerException is OutboundRefusedException refused)
        {
            throw new DocumentUnavailableException(ErrorCodes.DocumentUnreachable, refused.Message);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"'{url.GetLeftPart(UriPartial.Path)}' did not arrive within {options.Value.Timeout}.", exception);
        }
    }

    private async Task<MemoryStream> ReadBoundedAsync(Stream stream, Uri url, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (content.Length + read > options.Value.MaxDocumentBytes)
                throw TooLarge(url);
            content.Write(buffer, 0, read);
        }
        content.Position = 0;
        return content;
    }

    private DocumentUnavailableException TooLarge(Uri url) => new(
        ErrorCodes.DocumentTooLarge, $"'{url.GetLeftPart(UriPartial.Path)}' is larger than {options.Value.MaxDocumentBytes:N0} bytes.");

    // Only answers that will not change by themselves are final; the rest is tried again.
    private static Exception Refused(Uri url, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new DocumentUnavailableException(
            ErrorCodes.DocumentNotFound, $"'{url.GetLeftPart(UriPartial.Path)}' answered {(int)status}."),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
            new HttpRequestException(
            $"'{url.GetLeftPart(UriPartial.Path)}' answered {(int)status}.", null, status),
        _ => new DocumentUnavailableException(
            ErrorCodes.DocumentUnreachable, $"'{url.GetLeftPart(UriPartial.Path)}' answered {(int)status}."),
    };
}
