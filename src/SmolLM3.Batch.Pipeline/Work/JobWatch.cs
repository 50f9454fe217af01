using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Watches over one running job: tells its record that the worker lives and how far it is, and stops the job when its record says so or its
/// deadline passes.
/// </summary>
internal sealed partial class JobWatch : IAsyncDisposable
{
    private readonly JobRecord _job;
    private readonly string _worker;
    private readonly Func<JobProgress> _progress;
    private readonly JobStore _jobs;
    private readonly PipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;
    private int _reason;

    public JobWatch(
        JobRecord job, string worker, Func<JobProgress> progress, JobStore jobs, PipelineOptions options, TimeProvider time, ILogger logger,
        CancellationToken shutdown)
    {
        (_job, _worker, _progress, _jobs, _options, _time, _logger) = (job, worker, progress, jobs, options, time, logger);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        _loop = RunAsync(_end.Token);
    }

    /// <summary>Cancelled when the job is to stop, for whatever reason.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Why; none where the host shuts down or nothing is the matter.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Stops the job. The first reason stands.</summary>
    public void Stop(StopReason reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None);
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _end.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var written = _job.Progress;
        var beat = _time.GetUtcNow();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause(), _time, cancellationToken).ConfigureAwait(false);
                if (_job.Deadline <= _time.GetUtcNow())
                {
                    Stop(StopReason.DeadlinePassed);
                    return;
                }
                var (progress, due) = (_progress(), _time.GetUtcNow() - beat >= _options.HeartbeatInterval);
                if (await LookAsync(progress, write: due || progress != written, cancellationToken).ConfigureAwait(false) is { } reason)
                {
                    Stop(reason);
                    return;
                }
                if (due || progress != written)
                    (written, beat) = (progress, _time.GetUtcNow());
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Storage may be back at the next beat; if it is away for long, another worker will claim the job and this one will see
                // that.
                LogMissed(_job.Id, exception.Message);
            }
        }
    }

    private async Task<StopReason?> LookAsync(JobProgress progress, bool write, CancellationToken cancellationToken)
    {
        var record = write
            ? (await _jobs.UpdateAsync(_job.Id, record => record.Beat(_worker, progress, _time.GetUtcNow()), cancellationToken)
                .ConfigureAwait(false))?.Record
            : await _jobs.FindAsync(_job.Id, cancellationToken).ConfigureAwait(false);
        if (record is not { State: JobState.Running } || record.Worker != _worker)
            return StopReason.ClaimLost;
        return record.CancelRequested ? StopReason.CancelRequested : null;
    }

    // A deadline is met when it comes, not at the next look.
    private TimeSpan Pause()
    {
        var left = _job.Deadline - _time.GetUtcNow();
        return left is { } until && until < _options.ProgressInterval
            ? (until > TimeSpan.Zero ? until : TimeSpan.Zero)
            : _options.ProgressInterval;
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job}: a heartbeat failed: {Reason}")]
    private partial void LogMissed(JobId job, string reason);
}
