using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Brings jobs to their final state and tells the world. The order makes every crash repairable: the record moves, the event is sent, the
/// checkpoints go, and only then the job's marker, which until then brings the reconciler back here.
/// </summary>
public sealed partial class JobFinisher(
    JobStore jobs, ResultStore results, ShardSalvage salvage, CheckpointStore checkpoints, JobMessages messages,
    PipelineTelemetry telemetry, TimeProvider time,
    ILogger<JobFinisher> logger)
{
    /// <summary>
    /// Moves a job by <paramref name="change"/> if that still applies, and announces the job if it is over. The manifest is the commit:
    /// where it stands, the job ends as it says, also when its worker died before the record and somebody else comes to fail, cancel or
    /// expire it. A shard that ends early gets a manifest with what it has.
    /// </summary>
    /// <returns>The record as it stands, or null if there is none.</returns>
    public async Task<JobRecord?> FinishAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken = default)
    {
        var manifest = await results.FindManifestAsync(id, cancellationToken).ConfigureAwait(false)
            ?? await SalvageAsync(id, change, cancellationToken).ConfigureAwait(false);
        if (await jobs.UpdateAsync(id, Change, cancellationToken).ConfigureAwait(false) is not { } update)
            return null;
        if (update.Changed)
        {
            telemetry.Moved(update.Record);
            LogMoved(id, update.Record.State.ToName(), update.Record.Error?.Code ?? "no error");
        }
        if (update.Record.State.IsFinal())
            await AnnounceAsync(update.Record, cancellationToken).ConfigureAwait(false);
        return update.Record;

        JobRecord? Change(JobRecord record) => change(record) switch
        {
            { State: JobState.Failed, Shard: not null } failed when manifest?.State == JobState.Failed =>
                failed with { Outcomes = manifest.Outcomes(), Usage = manifest.Usage.Tokens },
            { State: JobState.Failed or JobState.Cancelled or JobState.Expired } when manifest is not null =>
                record.EndAs(manifest, time.GetUtcNow()),
            var changed => changed,
        };
    }

    /// <summary>Does what is left to do for a job that is over. Safe to repeat.</summary>
    public async Task AnnounceAsync(JobRecord record, CancellationToken cancellationToken = default)
    {
        await messages.SendEventAsync(record, cancellationToken).ConfigureAwait(false);
        await checkpoints.ClearAsync(record.Id, cancellationToken).ConfigureAwait(false);
        await jobs.RemoveMarkerAsync(record.Id, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Manifest?> SalvageAsync(JobId id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { Shard: not null, State: JobState.Running } shard
        && change(shard) is { State: JobState.Failed or JobState.Cancelled or JobState.Expired } end
            ? await salvage.CommitAsync(shard, end, cancellationToken).ConfigureAwait(false)
            : null;

    [LoggerMessage(LogLevel.Information, "Job {Job} is now {State} ({Code}).")]
    private partial void LogMoved(JobId job, string state, string code);
}
