namespace Azure.Messaging.ServiceBus;

public class ServiceBusSessionProcessor : IAsyncDisposable
{
    private readonly HandlerSlot<ProcessSessionMessageEventArgs> _message = new(nameof(ProcessMessageAsync));
    private readonly HandlerSlot<ProcessErrorEventArgs> _error = new(nameof(ProcessErrorAsync));
    private readonly HandlerSlot<ProcessSessionEventArgs> _initializing = new(nameof(SessionInitializingAsync));
    private readonly HandlerSlot<ProcessSessionEventArgs> _closing = new(nameof(SessionClosingAsync));
    private readonly ProcessingLoop _loop = new();
    private readonly ServiceBusClient? _client;
    private readonly ServiceBusSessionProcessorOptions _options = new();
    private readonly string _entityPath = "";
    private bool _closed;

    protected ServiceBusSessionProcessor()
    {
    }

    protected internal ServiceBusSessionProcessor(ServiceBusClient client, string queueName, ServiceBusSessionProcessorOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _entityPath = Broker.EntityPath.Parse(queueName).ToString();
        Identifier = options.Identifier ?? $"{_entityPath}-{Guid.NewGuid()}";
    }

    public event Func<ProcessSessionMessageEventArgs, Task> ProcessMessageAsync
    {
        add => _message.Add(value);
        remove => _message.Remove(value);
    }

    public event Func<ProcessErrorEventArgs, Task> ProcessErrorAsync
    {
        add => _error.Add(value);
        remove => _error.Remove(value);
    }

    public event Func<ProcessSessionEventArgs, Task> SessionInitializingAsync
    {
        add => _initializing.Add(value);
        remove => _initializing.Remove(value);
    }

    public event Func<ProcessSessionEventArgs, Task> SessionClosingAsync
    {
        add => _closing.Add(value);
        remove => _closing.Remove(value);
    }

    public virtual string FullyQualifiedNamespace => _client?.FullyQualifiedNamespace ?? "";

    public virtual string EntityPath => _entityPath;

    public virtual string Identifier { get; } = "";

    public virtual ServiceBusReceiveMode ReceiveMode => _options.ReceiveMode;

    public virtual int PrefetchCount => _options.PrefetchCount;

    public virtual bool IsProcessing => _loop.IsProcessing;

    public virtual bool AutoCompleteMessages => _options.AutoCompleteMessages;

    public virtual bool IsClosed => Volatile.Read(ref _closed);

    public virtual TimeSpan MaxAutoLockRenewalDuration => _options.MaxAutoLockRenewalDuration;

    public virtual int MaxConcurrentSessions => _options.MaxConcurrentSessions;

    public virtual int MaxConcurrentCallsPerSession => _options.MaxConcurrentCallsPerSession;

    public virtual TimeSpan? SessionIdleTimeout => _options.SessionIdleTimeout;

    public virtual Task StartProcessingAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        var client = _client ?? throw new InvalidOperationException("The processor was made without a client.");
        _message.Require();
        _error.Require();
        return _loop.StartAsync(
            stopping =>
                Task.WhenAll(Enumerable.Range(0, MaxConcurrentSessions).Select(_ => RunAsync(client, stopping))), cancellationToken);
    }

    /// <summary>Takes no more messages, tells the handlers by their token, waits for them and gives the sessions back.</summary>
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

    protected internal virtual Task OnProcessSessionMessageAsync(ProcessSessionMessageEventArgs args) => _message.InvokeAsync(args);

    protected internal virtual Task OnProcessErrorAsync(ProcessErrorEventArgs args) => _error.InvokeAsync(args);

    protected internal virtual Task OnSessionInitializingAsync(ProcessSessionEventArgs args) => _initializing.InvokeAsync(args);

    protected internal virtual Task OnSessionClosingAsync(ProcessSessionEventArgs args) => _closing.InvokeAsync(args);

    private async Task RunAsync(ServiceBusClient client, CancellationToken stopping)
    {
        var errors = new ProcessorErrors(OnProcessErrorAsync, FullyQualifiedNamespace, EntityPath, Identifier, stopping);
        while (!stopping.IsCancellationRequested)
        {
            if (await AcceptAsync(client, errors, stopping).ConfigureAwait(false) is { } receiver)
                await new SessionPump(this, client, receiver, errors, stopping).RunAsync().ConfigureAwait(false);
        }
    }

    private async Task<ServiceBusSessionReceiver?> AcceptAsync(ServiceBusClient client, ProcessorErrors errors, CancellationToken stopping)
    {
        try
        {
            return await client.AcceptNextSessionAsync(
                EntityPath, new ServiceBusSessionReceiverOptions { ReceiveMode = ReceiveMode, Identifier = Identifier },
                stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (ServiceBusException failure) when (failure.Reason == ServiceBusFailureReason.ServiceTimeout)
        {
            return null;
        }
        catch (Exception failure)
        {
            await errors.ReportAsync(failure, ServiceBusErrorSource.AcceptSession).ConfigureAwait(false);
            await Task.Delay(client.Retry.Delay, client.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }
}
