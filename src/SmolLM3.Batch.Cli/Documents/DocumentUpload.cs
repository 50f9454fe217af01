using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Uploads;

namespace SmolLM3.Batch.Cli.Documents;

/// <summary>Uploads documents through the door that people use: the container <c>documents</c>.</summary>
internal sealed class DocumentUpload(BlobServiceClient storage)
{
    /// <summary>Uploads <paramref name="document"/>; the id of the job that this version of it will have.</summary>
    /// <param name="document">The file.</param>
    /// <param name="task">What to do with it; null leaves that to its sidecar or its first folder, and else asks for a summary.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public async Task<JobId> UploadAsync(LocalDocument document, string? task, CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(ContainerNames.Documents);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

        // The sidecar first: the document's announcement must find it.
        if (task is null && document.Sidecar is not null)
        {
            await using var sidecar = File.OpenRead(document.Sidecar);
            await container.GetBlobClient(BlobNames.Sidecar(document.Name)).UploadAsync(sidecar, overwrite: true, cancellationToken);
        }
        else
        {
            // An earlier run's sidecar would outrank what is asked for now.
            await container.GetBlobClient(BlobNames.Sidecar(document.Name)).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        task ??= document.Sidecar is null && !TaskTypes.All.Contains(document.Name.Split('/')[0]) ? TaskTypes.Summarize : null;
        var options = new BlobUploadOptions();
        if (task is not null) options.Metadata = new Dictionary<string, string> { [UploadMapping.TaskKey] = task };

        await using var content = File.OpenRead(document.Path);
        var uploaded = await container.GetBlobClient(document.Name).UploadAsync(content, options, cancellationToken);
        return JobId.ForUpload(document.Name, uploaded.Value.ETag.ToString());
    }
}
