using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Admits jobs, whichever door they came through: validate, record, queue. Doing it again for the same request does nothing new, and
/// completes what a crash left half done.
/// </summary>
public sealed partial class JobIntake(
    RequestValidator validator,
    DocumentResolver documents,
    JobStore jobs,
    JobFinisher finisher,
    JobMessages messages,
    PipelineTelemetry telemetry,
    TimeProvider time,
    ILogger<JobIntake> logger)
{
    /// <summary>Admits a request under <paramref name="id"/>, or finds it admitted.</summary>
    /// <exception cref="InvalidRequestException">The request cannot be accepted.</exception>
    /// <exception cref="JobIdConflictException">The id belongs to another request.</exception>
    public async Task<JobRecord> AcceptAsync(JobRequest request, JobId id, JobDoor door, CancellationToken cancellationToken = default)
    {
        var fingerprint = RequestFingerprint.Of(request);
        // A redelivered request is not validated again: its deadline may have passed and its blob may have gone since it was accepted.
        if (await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } known)
            return await ResumeAsync(known, fingerprint, cancellationToken).ConfigureAwait(false);

        validator.Validate(request);
        var document = await documents.ResolveAsync(request, id, fingerprint, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return await AdmitAsync(new JobRecord
        {
            Id = id,
            State = JobState.Accepted,
            Door = door,
            Document = document,
            Tasks = request.Tasks,
            Priority = request.Priority,
            Deadline = request.Deadline,
            CallbackUrl = request.CallbackUrl,
            Metadata = request.Metadata,
            Fingerprint = fingerprint,
            CreatedAt = now,
            UpdatedAt = now,
            QueuedAt = now,
            TraceParent = TraceContext.Current,
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records and queues a job that has been validated already.</summary>
    /// <exception cref="JobIdConflictException">The id belongs to another request.</exception>
    public async Task<JobRecord> AdmitAsync(JobRecord record, CancellationToken cancellationToken = default)
    {
        if (!await jobs.TryCreateAsync(record, cancellationToken).ConfigureAwait(false))
        {
            var known = await jobs.FindAsync(record.Id, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The record of job {record.Id} was removed while it was being admitted.");
            return await ResumeAsync(known, record.Fingerprint, cancellationToken).ConfigureAwait(false);
        }
        telemetry.Moved(record);
        try
        {
            await messages.SendWorkAsync(record, cancellationToken).ConfigureAwait(false);
            LogAccepted(record.Id, record.Door);
        }
        catch (Exception exception) when (TransientFaults.MayPass(exception) && !cancellationToken.IsCancellationRequested)
        {
            // The job stands and will be queued by the reconciler; a caller who is told that it failed, and gave no id, makes another.
            LogQueuedLater(record.Id, exception.Message);
        }
        return record;
    }

    /// <summary>
    /// Leaves a failed record for a request that was refused and whose sender cannot be answered. An existing job is left alone.
    /// </summary>
    public async Task RefuseAsync(JobId id, JobDoor door, JobError error, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var record = new JobRecord
        {
            Id = id, State = JobState.Failed, Door = door, Error = error, CreatedAt = now, UpdatedAt = now, FinishedAt = now,
            TraceParent = TraceContext.Current,
        };
        if (await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is not null)
            return;
        LogRefused(id, door, error.Code);
        if (!await jobs.TryCreateAsync(record, cancellationToken).ConfigureAwait(false))
            return;
        telemetry.Moved(record);
        await finisher.AnnounceAsync(record, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JobRecord> ResumeAsync(JobRecord known, string? fingerprint, CancellationToken cancellationToken)
    {
        if (known.Fingerprint != fingerprint)
            throw new JobIdConflictException(known.Id);
        // Between record and message there may have been a crash. If not, the queue or the worker's claim drops the repeat.
        if (known.State == JobState.Accepted)
            await messages.SendWorkAsync(known, cancellationToken).ConfigureAwait(false);
        return known;
    }

    [LoggerMessage(LogLevel.Information, "Job {Job} accepted through the door {Door}.")]
    private partial void LogAccepted(JobId job, JobDoor door);

    [LoggerMessage(LogLevel.Warning, "Job {Job} is accepted, but its work message could not be sent and follows later: {Reason}")]
    private partial void LogQueuedLater(JobId job, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job} refused at the door {Door}: {Code}.")]
    private partial void LogRefused(JobId job, JobDoor door, string code);
}
