namespace Azure.Messaging.ServiceBus;

/// <summary>So many handlers may run at once, and who stops waits for all of them.</summary>
internal sealed class HandlerSlots(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count, count);

    /// <summary>Waits for a free slot and takes it; false, and none taken, when stopping.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken stopping)
    {
        try
        {
            await _free.WaitAsync(stopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Free() => _free.Release();

    /// <summary>Runs a handler, which never throws, in the slot taken for it.</summary>
    public void Start(Func<Task> handler) => _ = Task.Run(async () =>
    {
        try
        {
            await handler().ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    });

    public async Task AllDoneAsync()
    {
        for (var slot = 0; slot < count; slot++)
            await _free.WaitAsync().ConfigureAwait(false);
    }

    public void Dispose() => _free.Dispose();
}
