using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// The records of jobs, changed only by compare-and-swap. Beside them stands one marker for every job that still needs something done:
/// it is written before the record and removed after the final state has been announced, so whatever a crash leaves undone can be found
/// by listing markers, at a cost that grows with the jobs alive and not with the jobs ever run.
/// </summary>
public sealed class JobStore(JobContainers containers, IOptions<PipelineOptions> options, TimeProvider time)
{
    private const int ScanLimit = 1000;

    /// <summary>Writes a new record; false if the id is taken.</summary>
    public async Task<bool> TryCreateAsync(JobRecord record, CancellationToken cancellationToken = default)
    {
        await containers.Jobs.GetBlobClient(BlobNames.Active(record.Id))
            .UploadAsync(BinaryData.FromString(""), overwrite: true, cancellationToken).ConfigureAwait(false);
        return await containers.Jobs.GetBlobClient(BlobNames.Record(record.Id))
            .TryCreateAsync(record, BatchJson.Readable.JobRecord, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The record of a job, or null.</summary>
    public async Task<JobRecord?> FindAsync(JobId id, CancellationToken cancellationToken = default) =>
        (await containers.Jobs.GetBlobClient(BlobNames.Record(id)).TryReadAsync(BatchJson.Default.JobRecord, cancellationToken).ConfigureAwait(false))?.Value;

    /// <summary>Changes a record, reading it again for as long as others change it in between.</summary>
    /// <param name="id">The job.</param>
    /// <param name="change">Gives the changed record, or null if there is nothing to change. Called again with a newer record after a lost race.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record as it stands, or null if there is none.</returns>
    /// <exception cref="TimeoutException">Others changed it at every attempt.</exception>
    public async Task<JobUpdate?> UpdateAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken = default)
    {
        var blob = containers.Jobs.GetBlobClient(BlobNames.Record(id));
        return await CompareAndSwap.UpdateAsync(
            blob, BatchJson.Readable.JobRecord, change, options.Value.MaxUpdateAttempts, time, cancellationToken).ConfigureAwait(false) is { } update
            ? new JobUpdate(update.Value, update.Changed)
            : null;
    }

    /// <summary>Says that nothing is left to do for a job.</summary>
    public Task RemoveMarkerAsync(JobId id, CancellationToken cancellationToken = default) =>
        containers.Jobs.GetBlobClient(BlobNames.Active(id)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Jobs for which something may be left to do, with the time of their marker.</summary>
    public async IAsyncEnumerable<(JobId Id, DateTimeOffset Since)> ListActiveAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in containers.Jobs.GetBlobsAsync(prefix: BlobNames.ActivePrefix, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (JobId.TryParse(blob.Name[BlobNames.ActivePrefix.Length..], out var id))
                yield return (id, blob.Properties.LastModified ?? DateTimeOffset.MinValue);
        }
    }

    /// <summary>Jobs by id, a page at a time, those in <paramref name="state"/> only if one is given.</summary>
    public async Task<JobPage> ListAsync(JobState? state, int limit, string? continuation, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var found = new List<JobRecord>();
        var scanned = 0;
        // Live jobs have markers: finding them does not take a walk over all that ever ran.
        var live = state is JobState.Accepted or JobState.Running;
        do
        {
            var (ids, next) = live
                ? await PageOfMarkersAsync(limit - found.Count, continuation, cancellationToken).ConfigureAwait(false)
                : await PageOfFoldersAsync(limit - found.Count, continuation, cancellationToken).ConfigureAwait(false);
            var records = await Task.WhenAll(ids.Select(id => FindAsync(id, cancellationToken))).ConfigureAwait(false);
            found.AddRange(records.OfType<JobRecord>().Where(record => state is null || record.State == state));
            scanned += ids.Count;
            continuation = next;
        }
        while (continuation is not null && found.Count < limit && scanned < ScanLimit);
        return new JobPage(found, continuation);
    }

    private async Task<(List<JobId> Ids, string? Next)> PageOfMarkersAsync(int limit, string? continuation, CancellationToken cancellationToken)
    {
        var pages = containers.Jobs.GetBlobsAsync(prefix: BlobNames.ActivePrefix, cancellationToken: cancellationToken).AsPages(continuation, limit);
        await foreach (var page in pages.ConfigureAwait(false))
            return (Ids(page.Values.Select(blob => blob.Name[BlobNames.ActivePrefix.Length..])), Next(page));
        return ([], null);
    }

    private async Task<(List<JobId> Ids, string? Next)> PageOfFoldersAsync(int limit, string? continuation, CancellationToken cancellationToken)
    {
        var pages = containers.Jobs.GetBlobsByHierarchyAsync(delimiter: "/", cancellationToken: cancellationToken).AsPages(continuation, limit);
        await foreach (var page in pages.ConfigureAwait(false))
            return (Ids(page.Values.Where(item => item.IsPrefix).Select(item => item.Prefix.TrimEnd('/'))), Next(page));
        return ([], null);
    }

    private static List<JobId> Ids(IEnumerable<string> names) =>
        [.. names.Select(name => JobId.TryParse(name, out var id) ? id : default).Where(id => !id.IsEmpty)];

    private static string? Next<T>(Page<T> page) => string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
}
