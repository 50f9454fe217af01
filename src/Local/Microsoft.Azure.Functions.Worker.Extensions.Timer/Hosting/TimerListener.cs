using Microsoft.Azure.Functions.Worker.Invocation;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Fires one function at its times, one run at a time; a time that passes during a run is left out.</summary>
internal sealed class TimerListener(FunctionMethod function, TimerSchedule schedule, FunctionInvoker invoker, TimeProvider time)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private Task _running = Task.CompletedTask;
    private DateTime _last;

    public void Start() => _running = Task.Run(RunAsync);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await using (cancellationToken.Register(_givingUp.Cancel))
            await _running.ConfigureAwait(false);
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private async Task RunAsync()
    {
        if (((TimerTriggerAttribute)function.Trigger).RunOnStartup)
            await FireAsync().ConfigureAwait(false);
        while (!_stopping.IsCancellationRequested && schedule.Next(time.GetUtcNow().UtcDateTime) is { } next)
        {
            if (await WaitUntilAsync(next).ConfigureAwait(false))
                await FireAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> WaitUntilAsync(DateTime next)
    {
        while (next - time.GetUtcNow().UtcDateTime is { Ticks: > 0 } remaining)
        {
            // Whole milliseconds, rounded up: a delay of less than one is none.
            var delay = TimeSpan.FromMilliseconds(Math.Ceiling((remaining < LongestDelay ? remaining : LongestDelay).TotalMilliseconds));
            await Task.Delay(delay, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return false;
        }
        return true;
    }

    private async Task FireAsync()
    {
        var now = time.GetUtcNow();
        var info = new TimerInfo
        {
            ScheduleStatus = new ScheduleStatus
            {
                Last = _last,
                Next = schedule.Next(now.UtcDateTime) ?? default,
                LastUpdated = now.UtcDateTime,
            },
        };
        // A failure is in the log of the invocation, and the next time is tried as if nothing had happened.
        await invoker.InvokeAsync(function, new TimerInput(info, now), _givingUp.Token).WaitAsync(_givingUp.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _last = now.UtcDateTime;
    }
}
