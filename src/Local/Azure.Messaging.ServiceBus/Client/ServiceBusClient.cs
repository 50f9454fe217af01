using Azure.Core;
using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    private readonly BrokerEndpoint? _endpoint;
    private readonly ServiceBusClientOptions _options = new();
    private readonly Lock _opening = new();
    private BrokerDatabase? _database;
    private bool _closed;

    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString)
        : this(connectionString, new ServiceBusClientOptions())
    {
    }

    public ServiceBusClient(string connectionString, ServiceBusClientOptions? options)
        : this(BrokerEndpoint.FromConnectionString(connectionString), options)
    {
    }

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusClientOptions())
    {
    }

    /// <summary>A file needs no credential: it is accepted and never asked for a token.</summary>
    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions? options)
        : this(BrokerEndpoint.FromNamespace(fullyQualifiedNamespace), options) =>
        ArgumentNullException.ThrowIfNull(credential);

    private ServiceBusClient(BrokerEndpoint endpoint, ServiceBusClientOptions? options)
    {
        _endpoint = endpoint;
        _options = options ?? new ServiceBusClientOptions();
        Identifier = _options.Identifier ?? $"{Path.GetFileName(endpoint.Path)}-{Guid.NewGuid()}";
    }

    public virtual string FullyQualifiedNamespace => _endpoint?.Namespace ?? "";

    public virtual string Identifier { get; } = "";

    public virtual bool IsClosed => Volatile.Read(ref _closed);

    public ServiceBusTransportType TransportType => _options.TransportType;

    internal TimeProvider Time => _options.Time;

    internal ServiceBusRetryOptions Retry => _options.RetryOptions;

    /// <summary>The open broker file. As with the real client, nothing is connected before the first operation.</summary>
    internal BrokerDatabase Database
    {
        get
        {
            lock (_opening)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return _database ??= BrokerDatabase.Acquire(_endpoint!);
            }
        }
    }

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => new(this, queueOrTopicName);

    public virtual ServiceBusSender CreateSender(string queueOrTopicName, ServiceBusSenderOptions? options) =>
        new(this, queueOrTopicName, options);

    public virtual ServiceBusReceiver CreateReceiver(string queueName) => CreateReceiver(queueName, new ServiceBusReceiverOptions());

    public virtual ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions? options) =>
        new(this, queueName, options ?? new ServiceBusReceiverOptions());

    public virtual Task<ServiceBusSessionReceiver> AcceptNextSessionAsync(
        string queueName, ServiceBusSessionReceiverOptions? options = null, CancellationToken cancellationToken = default) =>
        ServiceBusSessionReceiver.AcceptAsync(this, queueName, null, options, cancellationToken);

    public virtual Task<ServiceBusSessionReceiver> AcceptSessionAsync(
        string queueName, string sessionId, ServiceBusSessionReceiverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sessionId);
        return ServiceBusSessionReceiver.AcceptAsync(this, queueName, sessionId, options, cancellationToken);
    }

    public virtual ServiceBusProcessor CreateProcessor(string queueName) => CreateProcessor(queueName, new ServiceBusProcessorOptions());

    public virtual ServiceBusProcessor CreateProcessor(string queueName, ServiceBusProcessorOptions? options) =>
        new(this, queueName, options ?? new ServiceBusProcessorOptions());

    public virtual ServiceBusSessionProcessor CreateSessionProcessor(string queueName, ServiceBusSessionProcessorOptions? options = null) =>
        new(this, queueName, options ?? new ServiceBusSessionProcessorOptions());

    public virtual ValueTask DisposeAsync()
    {
        lock (_opening)
        {
            _closed = true;
            _database?.Release();
            _database = null;
        }
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
