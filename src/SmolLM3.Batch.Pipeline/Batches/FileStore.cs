using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>The files of the batch API.</summary>
public sealed class FileStore(JobContainers containers, JobIds ids, IOptions<BatchOptions> options, TimeProvider time)
{
    /// <summary>Purpose of input files.</summary>
    public const string InputPurpose = "batch";

    /// <summary>Purpose of output and error files.</summary>
    public const string OutputPurpose = "batch_output";

    /// <summary>Stores an input file. Its record is written after its content: what can be found can be read.</summary>
    /// <returns>The file, or null if it is larger than allowed.</returns>
    public async Task<BatchFile?> CreateAsync(Stream content, string filename, CancellationToken cancellationToken = default)
    {
        var id = $"file-{ids.Next()}";
        var blob = containers.Jobs.GetBlockBlobClient(BlobNames.FileContent(id));
        long bytes = 0;
        var writing = await blob.OpenWriteAsync(overwrite: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (writing.ConfigureAwait(false))
        {
            var buffer = new byte[81920];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                bytes += read;
                if (bytes > options.Value.MaxFileBytes)
                    break;
                await writing.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        if (bytes > options.Value.MaxFileBytes)
        {
            await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return null;
        }
        var file = new BatchFile(id, filename, InputPurpose, bytes, time.GetUtcNow(), ContainerNames.Jobs, BlobNames.FileContent(id));
        await RecordAsync(file, cancellationToken).ConfigureAwait(false);
        return file;
    }

    /// <summary>Makes a blob known as a file; again is nothing new.</summary>
    public Task RecordAsync(BatchFile file, CancellationToken cancellationToken = default) =>
        containers.Jobs.GetBlobClient(BlobNames.FileRecord(file.Id)).TryCreateAsync(file, BatchJson.Readable.BatchFile, cancellationToken);

    /// <summary>A file, or null.</summary>
    public async Task<BatchFile?> FindAsync(string id, CancellationToken cancellationToken = default) => !IsId(id) ? null
        : (await containers.Jobs.GetBlobClient(BlobNames.FileRecord(id)).TryReadAsync(BatchJson.Default.BatchFile, cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>All files, oldest first.</summary>
    public async Task<IReadOnlyList<BatchFile>> ListAsync(CancellationToken cancellationToken = default)
    {
        var ids = new List<string>();
        var folders = containers.Jobs.GetBlobsByHierarchyAsync(
            prefix: BlobNames.FilesPrefix, delimiter: "/", cancellationToken: cancellationToken);
        await foreach (var item in folders.ConfigureAwait(false))
        {
            if (item.IsPrefix)
                ids.Add(item.Prefix[BlobNames.FilesPrefix.Length..].TrimEnd('/'));
        }
        var files = new List<BatchFile>();
        foreach (var chunk in ids.Chunk(32))
            files.AddRange((await Task.WhenAll(chunk.Select(id => Readable.OrNullAsync(FindAsync(id, cancellationToken))))
                .ConfigureAwait(false)).OfType<BatchFile>());
        return [.. files.OrderBy(file => file.CreatedAt).ThenBy(file => file.Id, StringComparer.Ordinal)];
    }

    /// <summary>Opens a file's content, or a part of it; null if it is gone.</summary>
    public async Task<Stream?> OpenAsync(
        BatchFile file, long offset = 0, long? length = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var download = new BlobDownloadOptions { Range = new HttpRange(offset, length) };
            return (await containers.Blob(file.Container, file.Blob).DownloadStreamingAsync(download, cancellationToken)
                .ConfigureAwait(false)).Value.Content;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            return new MemoryStream();
        }
    }

    /// <summary>Removes a file; false if there is none.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } file)
            return false;
        await containers.Blob(file.Container, file.Blob).DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await containers.Jobs.DeleteBlobIfExistsAsync(BlobNames.FileRecord(id), cancellationToken: cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static bool IsId(string id) => id.StartsWith("file-", StringComparison.Ordinal) && Jobs.JobId.TryParse(id, out _);
}
