using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Handles the messages of the queue <c>work</c>: one message, one job. Delivery is at least once; the effect is once, because every step
/// can be repeated and the manifest and the record's final state can be written only once.
/// </summary>
public sealed partial class WorkProcessor(
    JobClaims claims,
    JobAttempts attempts,
    JobFinisher finisher,
    JobStore jobs,
    ResultStore results,
    IOptions<PipelineOptions> options,
    TimeProvider time,
    ILogger<WorkProcessor> logger)
{
    private int _claims;

    /// <summary>
    /// Does the job that a message names. The caller keeps the message locked until this returns, then settles it as told.
    /// </summary>
    /// <param name="delivery">The message.</param>
    /// <param name="worker">This worker's name.</param>
    /// <param name="shutdown">Cancelled when the worker has to leave: the job is given back.</param>
    public async Task<Settlement> ProcessAsync(Delivery delivery, string worker, CancellationToken shutdown = default)
    {
        using var activity = TraceContext.Start("work.process", ActivityKind.Consumer, delivery.TraceParent);
        if (WorkMessages.JobOf(delivery.Body.Span) is not { } id)
        {
            return Settlement.DeadLetter(
                ErrorCodes.InvalidMessage,
                "The message is no work message: it must be {\"jobId\": \"…\"}. Requests go to the queue 'jobs'.");
        }
        activity?.SetTag("job.id", id.ToString());

        // A name of its own for every claim: a message redelivered to the same process must not be taken for the one before.
        var claim = $"{Interlocked.Increment(ref _claims)}@{worker}";
        try
        {
            return await DoAsync(id, claim, shutdown).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            await LetGoAsync(id, record => record.GiveBack(claim, time.GetUtcNow())).ConfigureAwait(false);
            return Settlement.Abandon;
        }
        catch (Exception exception)
        {
            return await RetryAsync(id, claim, delivery, exception, shutdown).ConfigureAwait(false);
        }
    }

    private async Task<Settlement> DoAsync(JobId id, string claim, CancellationToken shutdown)
    {
        if (await claims.ClaimAsync(id, claim, shutdown).ConfigureAwait(false) is not { } job)
            return Settlement.DeadLetter(ErrorCodes.JobNotFound, $"There is no job '{id}'.");
        if (job.State.IsFinal())
        {
            // Done before; perhaps by an attempt that died before it could say so.
            await finisher.AnnounceAsync(job, shutdown).ConfigureAwait(false);
            return Settlement.Complete;
        }
        if (job.Attempts > 0 && await results.FindManifestAsync(id, shutdown).ConfigureAwait(false) is { } manifest)
        {
            await finisher.FinishAsync(id, record => record.EndAs(manifest, time.GetUtcNow()), shutdown).ConfigureAwait(false);
            return Settlement.Complete;
        }
        if (job.Worker != claim)
            return await EndAsync(id, job.CancelRequested ? StopReason.CancelRequested : StopReason.DeadlinePassed, shutdown)
                .ConfigureAwait(false);

        if (job.FailedAttempts > options.Value.MaxAttempts)
        {
            return await FailAsync(id, claim, new JobError(
                ErrorCodes.AttemptsExhausted,
                $"The job was tried {job.FailedAttempts - 1} times, and the last time its worker died or lost it. If that goes on, its document may need more memory than a worker has."),
                shutdown).ConfigureAwait(false);
        }
        try
        {
            var stopped = await attempts.RunAsync(job, claim, shutdown).ConfigureAwait(false);
            return stopped == StopReason.None ? Settlement.Complete : await EndAsync(id, stopped, shutdown).ConfigureAwait(false);
        }
        catch (DocumentUnavailableException exception)
        {
            return await FailAsync(id, claim, new JobError(exception.Code, exception.Message), shutdown).ConfigureAwait(false);
        }
        catch (DocumentException exception)
        {
            return await FailAsync(id, claim, new JobError(ErrorCodes.DocumentUnreadable, exception.Message), shutdown)
                .ConfigureAwait(false);
        }
        catch (Tasks.InvalidTaskException exception)
        {
            return await FailAsync(id, claim, new JobError(ErrorCodes.InvalidRequest, exception.Message), shutdown).ConfigureAwait(false);
        }
    }

    private async Task<Settlement> EndAsync(JobId id, StopReason reason, CancellationToken cancellationToken)
    {
        switch (reason)
        {
            case StopReason.CancelRequested:
                await finisher.FinishAsync(id, record => record.Cancel(time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
                return Settlement.Complete;
            case StopReason.DeadlinePassed:
                await finisher.FinishAsync(id, record => record.Expire(time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
                return Settlement.Complete;
            default:
                // Another worker has the job. If this message is still ours, it is the only one that would bring the job back.
                return Settlement.Abandon;
        }
    }

    // Fails the job while it is held under the claim; by nobody, where there is none.
    private async Task<Settlement> FailAsync(JobId id, string? claim, JobError error, CancellationToken cancellationToken)
    {
        var record = await finisher.FinishAsync(
            id, job => job.Worker == claim ? job.Fail(error, time.GetUtcNow()) : null, cancellationToken).ConfigureAwait(false);
        return record switch
        {
            { State: JobState.Failed } => Settlement.DeadLetter(error.Code, error.Message),
            { State: JobState.Succeeded or JobState.PartiallySucceeded } => Settlement.Complete,
            _ => Settlement.Abandon,
        };
    }

    private async Task<Settlement> RetryAsync(JobId id, string claim, Delivery delivery, Exception exception, CancellationToken shutdown)
    {
        LogFailed(id, delivery.DeliveryCount, exception);
        var record = await LetGoAsync(id, job => job.Release(claim, time.GetUtcNow())).ConfigureAwait(false);
        if (record?.FailedAttempts >= options.Value.MaxAttempts)
        {
            var error = new JobError(
                ErrorCodes.AttemptsExhausted,
                $"The job failed {record.FailedAttempts} times, the last time with {exception.GetType().Name}: {exception.Message}");
            return await FailAsync(id, null, error, shutdown).ConfigureAwait(false);
        }
        // A record that cannot be read counts nothing. While storage is away that is right; a damaged one stays damaged.
        if (record is null && exception is InvalidDataException && delivery.DeliveryCount >= options.Value.MaxAttempts)
            return Settlement.DeadLetter(ErrorCodes.InternalError, exception.Message);
        try
        {
            var delay = options.Value.RetryDelay * Math.Pow(2, Math.Clamp((record?.FailedAttempts ?? delivery.DeliveryCount) - 1, 0, 16));
            await Task.Delay(delay < options.Value.MaxRetryDelay ? delay : options.Value.MaxRetryDelay, time, shutdown)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            LogLeaving(id);
        }
        return Settlement.Abandon;
    }

    // The record as it stands, or null where storage does not say.
    private async Task<JobRecord?> LetGoAsync(JobId id, Func<JobRecord, JobRecord?> change)
    {
        try
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            return (await jobs.UpdateAsync(id, change, brief.Token).ConfigureAwait(false))?.Record;
        }
        catch (Exception exception)
        {
            // Not released is as good as dead: the next worker waits for the heartbeat to go stale.
            LogNotReleased(id, exception.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job}: attempt at delivery {Delivery} failed.")]
    private partial void LogFailed(JobId job, int delivery, Exception exception);

    [LoggerMessage(LogLevel.Information, "Job {Job}: given back at once, for the worker is leaving.")]
    private partial void LogLeaving(JobId job);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: its claim could not be released: {Reason}")]
    private partial void LogNotReleased(JobId job, string reason);
}
