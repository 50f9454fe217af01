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
    private readonly ResiliencePipeline<HttpStatusCode> _retries;

    /// <summary>A notifier.</summary>
    public JobNotifier(JobStore jobs, OutboundHttp http, IOptions<OutboundOptions> options, TimeProvider time, ILogger<JobNotifier> logger)
    {
        (_jobs, _http, _logger) = (jobs, http, logger);
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

    /// <summary>Calls back if the job's owner asked for it.</summary>
    public async Task<Settlement> NotifyAsync(JobId id, CancellationToken cancellationToken = default) =>
        await _jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { CallbackUrl: { } url } job
            ? await NotifyAsync(job, url, cancellationToken).ConfigureAwait(false)
            : Settlement.Complete;

    private async Task<Settlement> NotifyAsync(JobRecord job, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            var status = await _retries.ExecuteAsync(async token => await PostAsync(job, url, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if ((int)status is >= 200 and < 300)
                return Settlement.Complete;
            LogRefused(job.Id, url.Host, (int)status);
            return IsTransient(status)
                ? Settlement.Abandon
                : Settlement.DeadLetter(
                    "callback_refused",
                    $"The callback of job {job.Id} to '{url.Host}' was answered with {(int)status}. GET /api/jobs/{job.Id} has the state.");
        }
        catch (Exception exception) when (exception is OutboundRefusedException || exception.InnerException is OutboundRefusedException)
        {
            return Settlement.DeadLetter("callback_refused", (exception as OutboundRefusedException ?? exception.InnerException!).Message);
        }
        catch (Exception exception) when (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
        {
            LogUnreachable(job.Id, url.Host, exception.Message);
            return Settlement.Abandon;
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
}
