using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Decides whether this worker may run a job.</summary>
public sealed class JobClaims(JobStore jobs, IOptions<PipelineOptions> options, TimeProvider time)
{
    /// <summary>
    /// Claims a job. While another worker holds it and lives, waits: it will finish the job, or fall silent, or give it back.
    /// A job that is over, cancelled or expired is not claimed; the record returned says so.
    /// </summary>
    /// <returns>The record as it stands; claimed if it is running and its worker is this one. Null if there is none.</returns>
    public async Task<JobRecord?> ClaimAsync(JobId id, string worker, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var update = await jobs.UpdateAsync(
                id, record => MayClaim(record) ? record.Claim(worker, time.GetUtcNow()) : null, cancellationToken).ConfigureAwait(false);
            if (update is null || update.Changed || !IsHeldByLivingWorker(update.Record))
                return update?.Record;
            await Task.Delay(options.Value.ProgressInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool MayClaim(JobRecord record) =>
        !record.State.IsFinal() && !record.CancelRequested && !(record.Deadline <= time.GetUtcNow()) && !IsHeldByLivingWorker(record);

    private bool IsHeldByLivingWorker(JobRecord record) => record.IsHeld(time.GetUtcNow(), options.Value.ClaimGrace);
}
