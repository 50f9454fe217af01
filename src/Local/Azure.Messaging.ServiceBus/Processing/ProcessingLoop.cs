namespace Azure.Messaging.ServiceBus;

/// <summary>Starting and stopping, which both processors share: one run at a time, and stopping waits for the handlers.</summary>
internal sealed class ProcessingLoop
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private CancellationTokenSource? _stopping;
    private Task _running = Task.CompletedTask;

    public bool IsProcessing => _stopping is not null;

    public async Task StartAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stopping is not null)
                throw new InvalidOperationException("The processor is already running and needs to be stopped to perform this operation.");
            var stopping = _stopping = new CancellationTokenSource();
            _running = Task.Run(() => run(stopping.Token), CancellationToken.None);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stopping is null)
                return;
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
            _stopping.Dispose();
            _stopping = null;
        }
        finally
        {
            _starting.Release();
        }
    }
}
