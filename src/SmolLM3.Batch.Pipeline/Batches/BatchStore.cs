using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The records of batches, changed only by compare-and-swap, with a marker beside each that is not over; as <see cref="JobStore"/>.
/// </summary>
public sealed class BatchStore(JobContainers containers, IOptions<PipelineOptions> options, TimeProvider time)
{
    /// <summary>Beginning of every batch's id.</summary>
    public const string IdPrefix = "batch_";

    /// <summary>Writes a new record; false if the id is taken.</summary>
    public async Task<bool> TryCreateAsync(BatchRecord record, CancellationToken cancellationToken = default)
    {
        await containers.Jobs.GetBlobClient(BlobNames.ActiveBatch(record.Id))
            .UploadAsync(BinaryData.FromString(""), overwrite: true, cancellationToken).ConfigureAwait(false);
        return await Blob(record.Id).TryCreateAsync(record, BatchJson.Readable.BatchRecord, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A batch, or null.</summary>
    public async Task<BatchRecord?> FindAsync(string id, CancellationToken cancellationToken = default) => !IsId(id) ? null
        : (await Blob(id).TryReadAsync(BatchJson.Default.BatchRecord, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Changes a record. Returns it as it stands and whether this call changed it, or null if there is none.</summary>
    public Task<(BatchRecord Value, bool Changed)?> UpdateAsync(
        string id, Func<BatchRecord, BatchRecord?> change, CancellationToken cancellationToken = default) =>
        CompareAndSwap.UpdateAsync(
            Blob(id), BatchJson.Readable.BatchRecord, change, options.Value.MaxUpdateAttempts, time, cancellationToken);

    /// <summary>Says that nothing is left to do for a batch.</summary>
    public Task RemoveMarkerAsync(string id, CancellationToken cancellationToken = default) =>
        containers.Jobs.DeleteBlobIfExistsAsync(BlobNames.ActiveBatch(id), cancellationToken: cancellationToken);

    /// <summary>Ids of batches for which something may be left to do, with the time of their marker.</summary>
    public async IAsyncEnumerable<(string Id, DateTimeOffset Since)> ListActiveAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in containers.Jobs.GetBlobsAsync(
            prefix: BlobNames.ActiveBatchesPrefix, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return (blob.Name[BlobNames.ActiveBatchesPrefix.Length..], blob.Properties.LastModified ?? DateTimeOffset.MinValue);
    }

    /// <summary>Ids of all batches, newest first: they begin with the time of their making.</summary>
    public async Task<IReadOnlyList<string>> ListIdsAsync(CancellationToken cancellationToken = default)
    {
        var ids = new List<string>();
        var folders = containers.Jobs.GetBlobsByHierarchyAsync(
            prefix: BlobNames.BatchesPrefix, delimiter: "/", cancellationToken: cancellationToken);
        await foreach (var item in folders.ConfigureAwait(false))
        {
            if (item.IsPrefix)
                ids.Add(item.Prefix[BlobNames.BatchesPrefix.Length..].TrimEnd('/'));
        }
        return [.. ids.OrderDescending(StringComparer.Ordinal)];
    }

    /// <summary>The first <paramref name="count"/> of those ids' batches that can be read.</summary>
    public async Task<IReadOnlyList<BatchRecord>> ReadAsync(
        IEnumerable<string> ids, int count, CancellationToken cancellationToken = default)
    {
        var batches = new List<BatchRecord>();
        foreach (var chunk in ids.Chunk(Math.Max(1, count)))
        {
            batches.AddRange((await Task.WhenAll(chunk.Select(id => Readable.OrNullAsync(FindAsync(id, cancellationToken))))
                .ConfigureAwait(false)).OfType<BatchRecord>());
            if (batches.Count >= count)
                break;
        }
        return [.. batches.Take(count)];
    }

    private static bool IsId(string id) => id.StartsWith(IdPrefix, StringComparison.Ordinal) && JobId.TryParse(id, out _);

    private Azure.Storage.Blobs.BlobClient Blob(string id) => containers.Jobs.GetBlobClient(BlobNames.BatchRecord(id));
}
