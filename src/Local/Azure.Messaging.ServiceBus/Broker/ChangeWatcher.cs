using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>
/// Wakes receivers when the broker file changes: at once for a change made in this process, and within
/// <see cref="SlowestPoll"/> for one made by another, seen through SQLite's <c>data_version</c> (a read of shared memory).
/// Nothing is polled while nobody waits.
/// </summary>
internal sealed class ChangeWatcher : IDisposable
{
    private static readonly TimeSpan FastestPoll = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan SlowestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly BrokerConnection _connection;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _someoneWaits = new(0, 1);
    private readonly Task _polling;
    private TaskCompletionSource _change = NewChange();
    private int _waiters;

    public ChangeWatcher(BrokerConnection connection)
    {
        _connection = connection;
        _polling = Task.Run(PollAsync);
    }

    /// <summary>The next change. Taken before looking at the file, so that none between looking and waiting is missed.</summary>
    public Task NextChange => Volatile.Read(ref _change).Task;

    public void Signal() => Interlocked.Exchange(ref _change, NewChange()).TrySetResult();

    public async Task WaitAsync(Task change, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiters) == 1 && _someoneWaits.CurrentCount == 0)
            ReleasePoller();
        try
        {
            // Timers count whole milliseconds: a wait for less would be over at once and its caller would spin.
            var milliseconds = Math.Ceiling((atMost < LongestWait ? atMost : LongestWait).TotalMilliseconds);
            var wait = change.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _polling.GetAwaiter().GetResult();
        _connection.Dispose();
        _stopping.Dispose();
        _someoneWaits.Dispose();
        Signal();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void ReleasePoller()
    {
        try
        {
            _someoneWaits.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another waiter released it first, which is all that was wanted.
        }
    }

    private async Task PollAsync()
    {
        var interval = FastestPoll;
        long seen = -1;
        while (!_stopping.IsCancellationRequested)
        {
            if (Volatile.Read(ref _waiters) == 0)
                await _someoneWaits.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            var version = ReadVersion(seen);
            interval = version != seen ? FastestPoll : TimeSpan.FromTicks(Math.Min(interval.Ticks * 5 / 4, SlowestPoll.Ticks));
            if (version != seen)
                Signal();
            seen = version;
            await Task.Delay(interval, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A failed read wakes the receivers, whose own access to the file then reports the cause.
    private long ReadVersion(long seen)
    {
        try
        {
            return _connection.Number("PRAGMA data_version");
        }
        catch (SqliteException)
        {
            return seen - 1;
        }
    }
}
