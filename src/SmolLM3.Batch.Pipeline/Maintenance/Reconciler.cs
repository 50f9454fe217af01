using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Repairs what crashes leave behind, by looking at every job that has a marker: announces final states that were not announced, expires
/// jobs past their deadline, and queues jobs again whose message is gone. Each repair can be repeated and can race with a worker.
/// </summary>
public sealed partial class Reconciler(
    JobStore jobs,
    JobFinisher finisher,
    JobMessages messages,
    IWorkQueueInspector queue,
    BatchStore batchStore,
    BatchService batches,
    IOptions<PipelineOptions> options,
    TimeProvider time,
    ILogger<Reconciler> logger)
{
    /// <summary>Looks once at every job that is not over. Returns how many were repaired.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        // Looked at first: what is admitted from now on is too young to be repaired.
        var queued = await queue.LookAsync(cancellationToken).ConfigureAwait(false);
        var repaired = 0;
        await foreach (var (id, marker) in jobs.ListActiveAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await RepairAsync(id, marker, queued, cancellationToken).ConfigureAwait(false))
                    repaired++;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One damaged record must not keep the others from being repaired.
                LogSkipped(id, exception);
            }
        }
        return repaired + await AdvanceBatchesAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> AdvanceBatchesAsync(CancellationToken cancellationToken)
    {
        var advanced = 0;
        await foreach (var (id, since) in batchStore.ListActiveAsync(cancellationToken).ConfigureAwait(false))
        {
            if (time.GetUtcNow() - since < options.Value.ReconcileAfter)
                continue;
            try
            {
                await batches.RepairAsync(id, cancellationToken).ConfigureAwait(false);
                advanced++;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogBatchSkipped(id, exception);
            }
        }
        return advanced;
    }

    private async Task<bool> RepairAsync(JobId id, JobMarker marker, QueuedWork queued, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } job)
        {
            // Admission stopped between marker and record. Whoever asked is asking again, or was told that it failed.
            return now - marker.Since >= options.Value.ReconcileAfter && await jobs.RemoveOrphanAsync(id, marker, cancellationToken)
                .ConfigureAwait(false);
        }
        if (job.State.IsFinal())
        {
            if (now - job.UpdatedAt < options.Value.ReconcileAfter)
                return false;
            await finisher.AnnounceAsync(job, cancellationToken).ConfigureAwait(false);
            LogAnnounced(id);
            return true;
        }
        if (IsHeld(job))
            return false;
        if (job.CancelRequested)
            return await EndAsync(id, record => IsHeld(record) ? null : record.Cancel(now), cancellationToken).ConfigureAwait(false);
        if (job.Deadline <= now)
            return await EndAsync(id, record => IsHeld(record) ? null : record.Expire(now), cancellationToken).ConfigureAwait(false);
        return await RequeueAsync(job, queued, now, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> RequeueAsync(JobRecord job, QueuedWork queued, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queuedAt = job.QueuedAt ?? job.CreatedAt;
        if (now - queuedAt < options.Value.ReconcileAfter || !queued.Lacks(job.Id, queuedAt))
            return false;
        await messages.SendWorkAgainAsync(job, now, cancellationToken).ConfigureAwait(false);
        await jobs.UpdateAsync(job.Id, record => record.Queued(now), cancellationToken).ConfigureAwait(false);
        LogRequeued(job.Id, job.State);
        return true;
    }

    private async Task<bool> EndAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken) =>
        (await finisher.FinishAsync(id, change, cancellationToken).ConfigureAwait(false))?.State.IsFinal() == true;

    private bool IsHeld(JobRecord record) => record.IsHeld(time.GetUtcNow(), options.Value.ClaimGrace);

    [LoggerMessage(LogLevel.Warning, "Job {Job} was over but not announced; announced now.")]
    private partial void LogAnnounced(JobId job);

    [LoggerMessage(LogLevel.Warning, "Job {Job} is {State} and its work message is gone; queued again.")]
    private partial void LogRequeued(JobId job, JobState state);

    [LoggerMessage(LogLevel.Error, "Batch {Batch} could not be reconciled.")]
    private partial void LogBatchSkipped(string batch, Exception exception);

    [LoggerMessage(LogLevel.Error, "Job {Job} could not be reconciled.")]
    private partial void LogSkipped(JobId job, Exception exception);
}
