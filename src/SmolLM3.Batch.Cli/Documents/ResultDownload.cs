using Azure.Storage.Blobs;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Cli.Documents;

/// <summary>Copies a job's results, once committed, into a folder named after its document.</summary>
internal sealed class ResultDownload(BlobServiceClient storage, string folder)
{
    /// <summary>The folder the files were written to, or null where the job has no manifest.</summary>
    public async Task<string?> DownloadAsync(string document, JobId job, CancellationToken cancellationToken)
    {
        var container = storage.GetBlobContainerClient(ContainerNames.Results);
        if (!await container.GetBlobClient(BlobNames.Manifest(job)).ExistsAsync(cancellationToken)) return null;

        var target = Path.Combine(folder, Path.Combine(document.Split('/')));
        Directory.CreateDirectory(target);
        var prefix = $"{job}/";
        await foreach (var blob in container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken))
        {
            await container.GetBlobClient(blob.Name).DownloadToAsync(Path.Combine(target, Path.GetFileName(blob.Name)), cancellationToken);
        }

        return target;
    }
}
