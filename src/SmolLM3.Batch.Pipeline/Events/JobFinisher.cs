using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Brings jobs to their final state and tells the world. The order makes every crash repairable: the record moves, the event is sent, the
/// checkpoints go, and only then the job's marker, which until then brings the reconciler back here.
/// </summary>
public sealed partial class JobFinisher(
    JobStore jobs, CheckpointStore checkpoints, JobMessages messages, PipelineTelemetry telemetry, ILogger<JobFinisher> logger)
{
    /// <summary>Moves a job by <paramref name="change"/> if that still applies, and announces the job if it is over.</summary>
    /// <returns>The record as it stands, or null if there is none.</returns>
    public async Task<JobRecord?> FinishAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken = default)
    {
        if (await jobs.UpdateAsync(id, change, cancellationToken).ConfigureAwait(false) is not { } update)
            return null;
        if (update.Changed)
        {
            telemetry.Moved(update.Record);
            LogMoved(id, update.Record.State.ToName(), update.Record.Error?.Code ?? "no error");
        }
        if (update.Record.State.IsFinal())
            await AnnounceAsync(update.Record, cancellationToken).ConfigureAwait(false);
        return update.Record;
    }

    /// <summary>Does what is left to do for a job that is over. Safe to repeat.</summary>
    public async Task AnnounceAsync(JobRecord record, CancellationToken cancellationToken = default)
    {
        await messages.SendEventAsync(record, cancellationToken).ConfigureAwait(false);
        await checkpoints.ClearAsync(record.Id, cancellationToken).ConfigureAwait(false);
        await jobs.RemoveMarkerAsync(record.Id, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "Job {Job} is now {State} ({Code}).")]
    private partial void LogMoved(JobId job, string state, string code);
}
