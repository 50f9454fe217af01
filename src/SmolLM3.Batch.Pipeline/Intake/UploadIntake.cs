using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Uploads;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The door of uploads: the queue <c>uploads</c>, which Event Grid fills.</summary>
public sealed partial class UploadIntake(JobIntake intake, JobContainers containers, ILogger<UploadIntake> logger)
{
    /// <summary>Admits the job that an upload asks for, if it asks for one. A document and its sidecar may come in either order.</summary>
    public async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken = default)
    {
        using var activity = TraceContext.Start("uploads.accept", System.Diagnostics.ActivityKind.Consumer, delivery.TraceParent);
        UploadEvent? upload;
        try
        {
            upload = UploadEvent.Read(delivery.Body);
        }
        catch (InvalidRequestException exception)
        {
            return await RefuseAsync(JobIds.ForMessage(delivery), ErrorCodes.InvalidMessage, exception.Message, cancellationToken)
                .ConfigureAwait(false);
        }
        if (upload is null || upload.Container != ContainerNames.Documents)
            return Settlement.Complete;

        var isSidecar = BlobNames.IsSidecar(upload.Blob);
        var name = isSidecar ? upload.Blob[..^BlobNames.SidecarSuffix.Length] : upload.Blob;
        if (name.Length == 0 || name.EndsWith('/') || await PropertiesAsync(name, cancellationToken)
            .ConfigureAwait(false) is not { } properties)
        {
            LogGone(upload.Blob);
            return Settlement.Complete;
        }
        var etag = properties.ETag.ToString().Trim('"');
        if (!isSidecar && etag != upload.ETag)
        {
            // Overwritten since: the newer version has an event of its own.
            LogStale(upload.Blob);
            return Settlement.Complete;
        }
        return await AcceptAsync(name, etag, properties, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Settlement> AcceptAsync(string name, string etag, BlobProperties properties, CancellationToken cancellationToken)
    {
        var sidecar = await SidecarAsync(name, cancellationToken).ConfigureAwait(false);
        var id = JobId.ForUpload(name, etag);
        try
        {
            if (UploadMapping.Map(name, properties.Metadata, sidecar?.Content) is not { } request)
            {
                LogStored(name);
                return Settlement.Complete;
            }
            try
            {
                await intake.AcceptAsync(request, id, JobDoor.Upload, cancellationToken).ConfigureAwait(false);
            }
            catch (JobIdConflictException) when (sidecar is not null)
            {
                // The document was admitted, or refused, before this sidecar came: the sidecar asks for another job.
                id = JobId.Derive("upload", name, etag, sidecar.Value.ETag);
                await intake.AcceptAsync(request, id, JobDoor.Upload, cancellationToken).ConfigureAwait(false);
            }
            return Settlement.Complete;
        }
        catch (InvalidRequestException exception)
        {
            return await RefuseAsync(id, ErrorCodes.InvalidRequest, $"{name}: {exception.Message}", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (JobIdConflictException)
        {
            // This version was admitted before its metadata changed; what was accepted stands.
            LogKnown(name, id);
            return Settlement.Complete;
        }
    }

    private async Task<Settlement> RefuseAsync(JobId id, string code, string message, CancellationToken cancellationToken)
    {
        await intake.RefuseAsync(id, JobDoor.Upload, new JobError(code, message), cancellationToken).ConfigureAwait(false);
        return Settlement.DeadLetter(code, message);
    }

    private async Task<BlobProperties?> PropertiesAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await containers.Documents.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private async Task<(ReadOnlyMemory<byte> Content, string ETag)?> SidecarAsync(string name, CancellationToken cancellationToken)
    {
        var blob = containers.Documents.GetBlobClient(BlobNames.Sidecar(name));
        try
        {
            // One byte more than allowed is enough to be refused, however large it is.
            var range = new HttpRange(0, RequestLimits.Default.Bytes + 1);
            var download = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = range }, cancellationToken)
                .ConfigureAwait(false);
            return (download.Value.Content.ToMemory(), download.Value.Details.ETag.ToString().Trim('"'));
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            return (ReadOnlyMemory<byte>.Empty, "empty");
        }
    }

    [LoggerMessage(LogLevel.Information, "Upload {Blob}: its document does not exist, or not yet.")]
    private partial void LogGone(string blob);

    [LoggerMessage(LogLevel.Information, "Upload {Blob} was overwritten; its newer version is announced separately.")]
    private partial void LogStale(string blob);

    [LoggerMessage(LogLevel.Information, "Upload {Blob} asks for no task: stored only.")]
    private partial void LogStored(string blob);

    [LoggerMessage(LogLevel.Information, "Upload {Blob} was admitted before as job {Job}.")]
    private partial void LogKnown(string blob, JobId job);
}
