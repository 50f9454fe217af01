using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>A checkpoint in a blob container. Weights go from there to the device by parallel range reads; no disk is touched.</summary>
internal sealed class BlobCheckpointSource(BlobContainerClient container, string prefix) : ICheckpointSource
{
    private const int PartBytes = 8 << 20;
    private const int ParallelParts = 4;

    private readonly string _prefix = prefix.Trim('/') is { Length: > 0 } folder ? folder + "/" : "";

    public string Name => $"{container.Uri}/{_prefix}";

    public async Task<IReadOnlyList<CheckpointFile>> ListFilesAsync(CancellationToken cancellationToken = default)
    {
        var files = new List<CheckpointFile>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, prefix: _prefix, cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            var hash = blob.Metadata is { } metadata && metadata.TryGetValue("sha256", out var known) ? known : null;
            files.Add(new CheckpointFile(blob.Name[_prefix.Length..], blob.Properties.ContentLength ?? 0, hash));
        }
        return files.Count > 0 ? files : throw new DirectoryNotFoundException(
            $"There is no checkpoint at {Name}. Copy one there, for example HuggingFaceTB/SmolLM3-3B, so that {_prefix}config.json exists.");
    }

    public async ValueTask ReadAsync(string file, long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var blob = container.GetBlobClient(_prefix + file);
        var parts = (destination.Length + PartBytes - 1) / PartBytes;
        if (parts <= 1)
        {
            await ReadPartAsync(blob, offset, destination, cancellationToken).ConfigureAwait(false);
            return;
        }
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelParts, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, parts, options, async (part, token) =>
        {
            var start = part * PartBytes;
            await ReadPartAsync(blob, offset + start, destination.Slice(start, Math.Min(PartBytes, destination.Length - start)), token)
                .ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task ReadPartAsync(BlobClient blob, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.Length == 0)
            return;
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, destination.Length) };
            using var download = (await blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false)).Value;
            await download.Content.ReadExactlyAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EndOfStreamException or RequestFailedException { Status: 416 })
        {
            throw new EndOfStreamException($"{blob.Uri} ends before byte {offset + destination.Length:N0}.", exception);
        }
    }
}
