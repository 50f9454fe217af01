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
        await MarkAsync(record.Id, cancellationToken).ConfigureAwait(false);
        var marked = time.GetTimestamp();
        var created = await containers.Jobs.GetBlobClient(BlobNames.Record(record.Id))
            .TryCreateAsync(record, BatchJson.Readable.JobRecord, cancellationToken).ConfigureAwait(false);
        // So slow that the marker may have been taken for one that nobody's record follows.
        if (created && time.GetElapsedTime(marked) >= options.Value.ReconcileAfter / 2)
            await MarkAsync(record.Id, cancellationToken).ConfigureAwait(false);
        return created;
    }

    /// <summary>The record of a job, or null.</summary>
    public async Task<JobRecord?> FindAsync(JobId id, CancellationToken cancellationToken = default) =>
        (await containers.Jobs.GetBlobClient(BlobNames.Record(id)).TryReadAsync(BatchJson.Default.JobRecord, cancellationToken)
            .ConfigureAwait(false))?.Value;

    /// <summary>Changes a record, reading it again for as long as others change it in between.</summary>
    /// <param name="id">The job.</param>
    /// <param name="change">
    /// Gives the changed record, or null if there is nothing to change. Called again with a newer record after a lost race.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record as it stands, or null if there is none.</returns>
    /// <exception cref="TimeoutException">Others changed it at every attempt.</exception>
    public async Task<JobUpdate?> UpdateAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken = default)
    {
        var blob = containers.Jobs.GetBlobClient(BlobNames.Record(id));
        return await CompareAndSwap.UpdateAsync(
            blob, BatchJson.Readable.JobRecord, change, options.Value.MaxUpdateAttempts, time, cancellationToken)
                .ConfigureAwait(false) is { } update
            ? new JobUpdate(update.Value, update.Changed)
            : null;
    }

    /// <summary>Says that nothing is left to do for a job.</summary>
    public Task RemoveMarkerAsync(JobId id, CancellationToken cancellationToken = default) =>
        containers.Jobs.GetBlobClient(BlobNames.Active(id)).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>
    /// Removes a marker that no record followed. Admission may have been slow rather than dead: a marker put anew stays, and a record that
    /// came meanwhile gets its marker back.
    /// </summary>
    /// <returns>Whether the marker is gone.</returns>
    public async Task<bool> RemoveOrphanAsync(JobId id, JobMarker marker, CancellationToken cancellationToken = default)
    {
        try
        {
            await containers.Jobs.GetBlobClient(BlobNames.Active(id)).DeleteIfExistsAsync(
                conditions: new BlobRequestConditions { IfMatch = marker.ETag }, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
            return true;
        await MarkAsync(id, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Jobs for which something may be left to do, with their markers.</summary>
    public async IAsyncEnumerable<(JobId Id, JobMarker Marker)> ListActiveAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in containers.Jobs.GetBlobsAsync(prefix: BlobNames.ActivePrefix, cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            if (JobId.TryParse(blob.Name[BlobNames.ActivePrefix.Length..], out var id))
                yield return (id, new JobMarker(blob.Properties.LastModified ?? DateTimeOffset.MinValue, blob.Properties.ETag));
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
            var (ids, next) = await PageAsync(live, limit - found.Count, continuation, cancellationToken).ConfigureAwait(false);
            var records = await Task.WhenAll(ids.Select(id => Readable.OrNullAsync(FindAsync(id, cancellationToken)))).ConfigureAwait(false);
            found.AddRange(records.OfType<JobRecord>().Where(record => state is null || record.State == state));
            scanned += ids.Count;
            continuation = next;
        }
        while (continuation is not null && found.Count < limit && scanned < ScanLimit);
        return new JobPage(found, continuation);
    }

    private async Task<(List<JobId> Ids, string? Next)> PageAsync(
        bool live, int limit, string? continuation, CancellationToken cancellationToken)
    {
        try
        {
            return live
                ? await PageOfMarkersAsync(limit, continuation, cancellationToken).ConfigureAwait(false)
                : await PageOfFoldersAsync(limit, continuation, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.Status == 400 && continuation is not null)
        {
            throw new InvalidRequestException("continuation", "It is none that a listing gave. Leave it out to begin anew.");
        }
    }

    private Task MarkAsync(JobId id, CancellationToken cancellationToken) =>
        containers.Jobs.GetBlobClient(BlobNames.Active(id)).UploadAsync(BinaryData.FromString(""), overwrite: true, cancellationToken);

    private async Task<(List<JobId> Ids, string? Next)> PageOfMarkersAsync(
        int limit, string? continuation, CancellationToken cancellationToken)
    {
        var pages = containers.Jobs.GetBlobsAsync(
            prefix: BlobNames.ActivePrefix, cancellationToken: cancellationToken).AsPages(continuation, limit);
        await foreach (var page in pages.ConfigureAwait(false))
            return (Ids(page.Values.Select(blob => blob.Name[BlobNames.ActivePrefix.Length..])), Next(page));
        return ([], null);
    }

    private async Task<(List<JobId> Ids, string? Next)> PageOfFoldersAsync(
        int limit, string? continuation, CancellationToken cancellationToken)
    {
        var pages = containers.Jobs.GetBlobsByHierarchyAsync(
            delimiter: "/", cancellationToken: cancellationToken).AsPages(continuation, limit);
        await foreach (var page in pages.ConfigureAwait(false))
            return (Ids(page.Values.Where(item => item.IsPrefix).Select(item => item.Prefix.TrimEnd('/'))), Next(page));
        return ([], null);
    }

    private static List<JobId> Ids(IEnumerable<string> names) =>
        [.. names.Select(name => JobId.TryParse(name, out var id) ? id : default).Where(id => !id.IsEmpty)];

    private static string? Next<T>(Page<T> page) => string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
}
