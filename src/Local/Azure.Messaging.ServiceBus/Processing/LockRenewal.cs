namespace Azure.Messaging.ServiceBus;

/// <summary>Keeps a lock while a handler runs: renews it well before its end, until the longest allowed time is over.</summary>
internal static class LockRenewal
{
    private static readonly TimeSpan LargestMargin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SmallestRemainder = TimeSpan.FromMilliseconds(400);

    public static TimeSpan ValidateDuration(TimeSpan duration) =>
        duration >= TimeSpan.Zero || duration == Timeout.InfiniteTimeSpan
            ? duration
            : throw new ArgumentOutOfRangeException(
                "MaxAutoLockRenewalDuration", duration, "Must be zero or more, or Timeout.InfiniteTimeSpan.");

    /// <summary>Renews until <paramref name="stopping"/>; a failure goes to <paramref name="failed"/> and ends the renewal.</summary>
    public static async Task RunAsync(
        TimeProvider time, TimeSpan atMost, Func<DateTimeOffset> lockedUntil, Func<CancellationToken, Task> renew,
        Func<Exception, Task> failed, CancellationToken stopping)
    {
        var start = time.GetUtcNow();
        while (!stopping.IsCancellationRequested)
        {
            var delay = Delay(lockedUntil() - time.GetUtcNow());
            if (atMost != Timeout.InfiniteTimeSpan && time.GetUtcNow() + delay - start > atMost)
                return;
            await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
            try
            {
                await renew(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ServiceBusException failure) when (failure.Reason == ServiceBusFailureReason.ServiceBusy && lockedUntil() > time.GetUtcNow())
            {
                await failed(failure).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                await failed(failure).ConfigureAwait(false);
                return;
            }
        }
    }

    private static TimeSpan Delay(TimeSpan remaining)
    {
        if (remaining < SmallestRemainder)
            return TimeSpan.Zero;
        var half = remaining / 2;
        return remaining - (half < LargestMargin ? half : LargestMargin);
    }
}
