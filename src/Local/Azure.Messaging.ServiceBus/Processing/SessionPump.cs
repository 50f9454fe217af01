namespace Azure.Messaging.ServiceBus;

/// <summary>One session in a session processor: from its first message until it is idle, lost, released, or all stops.</summary>
internal sealed class SessionPump(
    ServiceBusSessionProcessor processor, ServiceBusClient client, ServiceBusSessionReceiver receiver, ProcessorErrors errors,
    CancellationToken stopping)
{
    private readonly CancellationTokenSource _leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile Exception? _lost;

    public async Task RunAsync()
    {
        using var renewing = new CancellationTokenSource();
        var renewal = processor.MaxAutoLockRenewalDuration != TimeSpan.Zero
            ? LockRenewal.RunAsync(
                client.Time, processor.MaxAutoLockRenewalDuration, () => receiver.SessionLockedUntil, receiver.RenewSessionLockAsync,
                RenewalFailedAsync, renewing.Token)
            : Task.CompletedTask;
        try
        {
            await processor.OnSessionInitializingAsync(new ProcessSessionEventArgs(
                receiver, processor.Identifier, stopping)).ConfigureAwait(false);
            await PumpAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.ProcessMessageCallback).ConfigureAwait(false);
        }
        await renewing.CancelAsync().ConfigureAwait(false);
        await renewal.ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        _leaving.Dispose();
    }

    private async Task PumpAsync()
    {
        using var slots = new HandlerSlots(processor.MaxConcurrentCallsPerSession);
        while (await slots.TryTakeAsync(_leaving.Token).ConfigureAwait(false))
        {
            if (await ReceiveAsync().ConfigureAwait(false) is not { } message)
            {
                slots.Free();
                break;
            }
            slots.Start(() => HandleAsync(message));
        }
        await slots.AllDoneAsync().ConfigureAwait(false);
    }

    private async Task<ServiceBusReceivedMessage?> ReceiveAsync()
    {
        try
        {
            return await receiver.ReceiveMessageAsync(processor.SessionIdleTimeout, _leaving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.Receive).ConfigureAwait(false);
            return null;
        }
    }

    private async Task HandleAsync(ServiceBusReceivedMessage message)
    {
        var args = new ProcessSessionMessageEventArgs(message, receiver, processor.Identifier, stopping);
        await Delivery.RunAsync(
            receiver, message, processor.AutoCompleteMessages, () =>
                processor.OnProcessSessionMessageAsync(args), errors.ReportAsync).ConfigureAwait(false);
        if (_lost is { } lost)
            await args.OnSessionLockLostAsync(
                new SessionLockLostEventArgs(message, receiver.SessionLockedUntil, lost)).ConfigureAwait(false);
        if (args.SessionReleased)
            await _leaving.CancelAsync().ConfigureAwait(false);
    }

    private async Task RenewalFailedAsync(Exception failure)
    {
        await errors.ReportAsync(failure, ServiceBusErrorSource.RenewLock).ConfigureAwait(false);
        if (!Delivery.IsLockLost(failure))
            return;
        _lost = failure;
        await _leaving.CancelAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        try
        {
            await processor.OnSessionClosingAsync(new ProcessSessionEventArgs(
                receiver, processor.Identifier, stopping)).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.CloseSession).ConfigureAwait(false);
        }
        try
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.CloseSession).ConfigureAwait(false);
        }
    }
}
