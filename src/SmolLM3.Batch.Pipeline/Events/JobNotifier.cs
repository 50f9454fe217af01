using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>POSTs a job's final state to its callback URL. At least once; the receiver sees a repeat by the job id.</summary>
public sealed partial class JobNotifier
{
    private readonly JobStore _jobs;
    private readonly OutboundHttp _http;
    private readonly ILogger<JobNotifier> _logger;
    private readonly RedeliverySchedule _schedule;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<HttpStatusCode> _retries;

    /// <summary>A notifier.</summary>
    public JobNotifier(
        JobStore jobs, OutboundHttp http, RedeliverySchedule schedule, IOptions<OutboundOptions> options, TimeProvider time,
        ILogger<JobNotifier> logger)
    {
        (_jobs, _http, _schedule, _time, _logger) = (jobs, http, schedule, time, logger);
        var builder = new ResiliencePipelineBuilder<HttpStatusCode> { TimeProvider = time };
        if (options.Value.CallbackAttempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpStatusCode>
            {
                MaxRetryAttempts = options.Value.CallbackAttempts - 1,
                Delay = options.Value.CallbackDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome switch
                {
                    { Exception: { } exception } => IsTransient(exception),
                    { Result: var status } => IsTransient(status),
                }),
            });
        }
        _retries = builder.Build();
    }

    /// <summary>Calls back if the job's owner asked for it and has not been told.</summary>
    public async Task<Settlement> NotifyAsync(JobId id, Delivery delivery, CancellationToken cancellationToken = default) =>
        await _jobs.FindAsync(id, cancellationToken)
            .ConfigureAwait(false) is { CallbackUrl: { } url, Callback: not { State: CallbackState.Delivered } } job
            ? await NotifyAsync(job, url, delivery, cancellationToken).ConfigureAwait(false)
            : Settlement.Complete;

    /// <summary>Notes that nobody calls any more, for the event was set aside; the record has the state for whoever asks.</summary>
    public Task GiveUpAsync(JobId id, string reason, CancellationToken cancellationToken = default) => _jobs.UpdateAsync(
        id,
        record => record is { CallbackUrl: not null, Callback: not { State: CallbackState.Undelivered } }
            ? record.NoteCallback(CallbackState.Undelivered, 0, reason, _time.GetUtcNow())
            : null,
        cancellationToken);

    private async Task<Settlement> NotifyAsync(JobRecord job, Uri url, Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var status = await _retries.ExecuteAsync(
                async token => await PostAsync(job, url, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if ((int)status is >= 200 and < 300)
            {
                await NoteAsync(job.Id, CallbackState.Delivered, null, cancellationToken).ConfigureAwait(false);
                return Settlement.Complete;
            }
            LogRefused(job.Id, url.Host, (int)status);
            var answer = $"'{url.Host}' answered {(int)status}.";
            return IsTransient(status)
                ? await LaterAsync(job.Id, answer, delivery, cancellationToken).ConfigureAwait(false)
                : await NeverAsync(job.Id, "callback_refused", answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OutboundRefusedException || exception.InnerException is OutboundRefusedException)
        {
            var refused = exception as OutboundRefusedException ?? exception.InnerException!;
            return await NeverAsync(job.Id, "callback_refused", refused.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
        {
            LogUnreachable(job.Id, url.Host, exception.Message);
            return await LaterAsync(job.Id, $"'{url.Host}' could not be reached: {exception.Message}", delivery, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<Settlement> LaterAsync(JobId id, string reason, Delivery delivery, CancellationToken cancellationToken)
    {
        if (_schedule.Next(delivery) is not { } delay)
            return await NeverAsync(id, "callback_unreachable", reason, cancellationToken).ConfigureAwait(false);
        await NoteAsync(id, CallbackState.Retrying, reason, cancellationToken).ConfigureAwait(false);
        return Settlement.PutOff(delay);
    }

    private async Task<Settlement> NeverAsync(JobId id, string code, string reason, CancellationToken cancellationToken)
    {
        await NoteAsync(id, CallbackState.Undelivered, reason, cancellationToken).ConfigureAwait(false);
        return Settlement.DeadLetter(code, $"The callback of job {id} was not delivered: {reason} GET /api/jobs/{id} has the state.");
    }

    private async Task NoteAsync(JobId id, CallbackState state, string? reason, CancellationToken cancellationToken)
    {
        try
        {
            await _jobs.UpdateAsync(id, record => record.NoteCallback(state, 1, reason, _time.GetUtcNow()), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (TransientFaults.MayPass(exception) && !cancellationToken.IsCancellationRequested)
        {
            // Calling a second time because the first could not be noted would be worse than a record that does not know.
            LogNotNoted(id, state, exception.Message);
        }
    }

    private async Task<HttpStatusCode> PostAsync(JobRecord job, Uri url, CancellationToken cancellationToken)
    {
        var notification = new JobNotification(job.Id, job.State, job.FinishedAt ?? job.UpdatedAt, job.Error, job.Usage, job.Metadata);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(notification, BatchJson.Default.JobNotification)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", $"{job.Id}:{job.State.ToName()}");
        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode;
    }

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static bool IsTransient(Exception exception) =>
        exception is TaskCanceledException or TimeoutException or HttpRequestException { InnerException: not OutboundRefusedException };

    [LoggerMessage(LogLevel.Warning, "Job {Job}: the callback to {Host} was answered with {Status}.")]
    private partial void LogRefused(JobId job, string host, int status);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: the callback to {Host} failed: {Reason}")]
    private partial void LogUnreachable(JobId job, string host, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: its callback is {State}, which could not be noted in its record: {Reason}")]
    private partial void LogNotNoted(JobId job, CallbackState state, string reason);
}
