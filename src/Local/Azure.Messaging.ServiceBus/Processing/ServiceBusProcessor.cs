namespace Azure.Messaging.ServiceBus;

public class ServiceBusProcessor : IAsyncDisposable
{
    private readonly HandlerSlot<ProcessMessageEventArgs> _message = new(nameof(ProcessMessageAsync));
    private readonly HandlerSlot<ProcessErrorEventArgs> _error = new(nameof(ProcessErrorAsync));
    private readonly ProcessingLoop _loop = new();
    private readonly ServiceBusClient? _client;
    private readonly ServiceBusProcessorOptions _options = new();
    private readonly string _entityPath = "";
    private bool _closed;

    protected ServiceBusProcessor()
    {
    }

    protected internal ServiceBusProcessor(ServiceBusClient client, string queueName, ServiceBusProcessorOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _entityPath = Broker.EntityPath.Parse(queueName, options.SubQueue).ToString();
        Identifier = options.Identifier ?? $"{_entityPath}-{Guid.NewGuid()}";
    }

    public event Func<ProcessMessageEventArgs, Task> ProcessMessageAsync
    {
        add => _message.Add(value);
        remove => _message.Remove(value);
    }

    public event Func<ProcessErrorEventArgs, Task> ProcessErrorAsync
    {
        add => _error.Add(value);
        remove => _error.Remove(value);
    }

    public virtual string FullyQualifiedNamespace => _client?.FullyQualifiedNamespace ?? "";

    public virtual string EntityPath => _entityPath;

    public virtual string Identifier { get; } = "";

    public virtual ServiceBusReceiveMode ReceiveMode => _options.ReceiveMode;

    public virtual int PrefetchCount => _options.PrefetchCount;

    public virtual bool IsProcessing => _loop.IsProcessing;

    public virtual int MaxConcurrentCalls => _options.MaxConcurrentCalls;

    public virtual bool AutoCompleteMessages => _options.AutoCompleteMessages;

    public virtual TimeSpan MaxAutoLockRenewalDuration => _options.MaxAutoLockRenewalDuration;

    public virtual bool IsClosed => Volatile.Read(ref _closed);

    public virtual Task StartProcessingAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var client = _client ?? throw new InvalidOperationException("The processor was made without a client.");
        _message.Require();
        _error.Require();
        return _loop.StartAsync(stopping => RunAsync(client, stopping), cancellationToken);
    }

    /// <summary>Takes no more messages, tells the handlers by their token, and waits for them.</summary>
    public virtual Task StopProcessingAsync(CancellationToken cancellationToken = default) => _loop.StopAsync(cancellationToken);

    public virtual async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _closed, true);
        await StopProcessingAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(CancellationToken.None).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    protected internal virtual Task OnProcessMessageAsync(ProcessMessageEventArgs args) => _message.InvokeAsync(args);

    protected internal virtual Task OnProcessErrorAsync(ProcessErrorEventArgs args) => _error.InvokeAsync(args);

    private async Task RunAsync(ServiceBusClient client, CancellationToken stopping)
    {
        await using var receiver = client.CreateReceiver(
            EntityPath, new ServiceBusReceiverOptions { ReceiveMode = ReceiveMode, Identifier = Identifier });
        using var slots = new HandlerSlots(MaxConcurrentCalls);
        var errors = new ProcessorErrors(OnProcessErrorAsync, FullyQualifiedNamespace, EntityPath, Identifier, stopping);
        while (await slots.TryTakeAsync(stopping).ConfigureAwait(false))
        {
            if (await ReceiveAsync(client, receiver, errors, stopping).ConfigureAwait(false) is { } message)
                slots.Start(() => HandleAsync(client, receiver, message, errors, stopping));
            else
                slots.Free();
        }
        await slots.AllDoneAsync().ConfigureAwait(false);
    }

    private static async Task<ServiceBusReceivedMessage?> ReceiveAsync(
        ServiceBusClient client, ServiceBusReceiver receiver, ProcessorErrors errors, CancellationToken stopping)
    {
        try
        {
            return await receiver.ReceiveMessageAsync(null, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.Receive).ConfigureAwait(false);
            await Task.Delay(client.Retry.Delay, client.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private Task HandleAsync(
        ServiceBusClient client, ServiceBusReceiver receiver, ServiceBusReceivedMessage message, ProcessorErrors errors,
        CancellationToken stopping)
    {
        var args = new ProcessMessageEventArgs(message, receiver, Identifier, stopping);
        return Delivery.RunAsync(receiver, message, AutoCompleteMessages, HoldingLockAsync, errors.ReportAsync);

        async Task HoldingLockAsync()
        {
            using var handled = new CancellationTokenSource();
            var renewal = ReceiveMode == ServiceBusReceiveMode.PeekLock && MaxAutoLockRenewalDuration != TimeSpan.Zero
                ? LockRenewal.RunAsync(
                    client.Time, MaxAutoLockRenewalDuration, () => message.LockedUntil,
                    cancellationToken => receiver.RenewMessageLockAsync(message, cancellationToken), RenewalFailedAsync, handled.Token)
                : Task.CompletedTask;
            try
            {
                await OnProcessMessageAsync(args).ConfigureAwait(false);
            }
            finally
            {
                await handled.CancelAsync().ConfigureAwait(false);
                await renewal.ConfigureAwait(false);
            }
        }

        async Task RenewalFailedAsync(Exception failure)
        {
            if (message.IsSettled)
                return;
            await errors.ReportAsync(failure, ServiceBusErrorSource.RenewLock).ConfigureAwait(false);
            if (Delivery.IsLockLost(failure))
                await args.OnMessageLockLostAsync(new MessageLockLostEventArgs(message, failure)).ConfigureAwait(false);
        }
    }
}
