using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusSender : IAsyncDisposable
{
    private readonly ServiceBusClient? _client;
    private bool _closed;

    protected ServiceBusSender()
    {
    }

    protected internal ServiceBusSender(ServiceBusClient client, string queueOrTopicName)
        : this(client, queueOrTopicName, null)
    {
    }

    protected internal ServiceBusSender(ServiceBusClient client, string queueOrTopicName, ServiceBusSenderOptions? options)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (Broker.EntityPath.Parse(queueOrTopicName).IsDeadLetter)
            throw new InvalidOperationException(
                $"Messages cannot be sent to a dead-letter queue ('{queueOrTopicName}'); they are moved there.");
        _client = client;
        EntityPath = queueOrTopicName;
        Identifier = options?.Identifier ?? $"{queueOrTopicName}-{Guid.NewGuid()}";
    }

    public virtual string FullyQualifiedNamespace => _client?.FullyQualifiedNamespace ?? "";

    public virtual string EntityPath { get; } = "";

    public virtual string Identifier { get; } = "";

    public virtual bool IsClosed => Volatile.Read(ref _closed);

    public virtual Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendMessagesAsync([message], cancellationToken);
    }

    public virtual Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return EnqueueAsync(messages.Select(OutgoingMessage.From).ToArray(), cancellationToken);
    }

    public virtual async Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messageBatch);
        messageBatch.Lock();
        try
        {
            await EnqueueAsync(messageBatch.Messages, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            messageBatch.Unlock();
        }
    }

    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) =>
        CreateMessageBatchAsync(new CreateMessageBatchOptions(), cancellationToken);

    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
        CreateMessageBatchOptions? options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var size = options?.MaxSizeInBytes ?? ServiceBusMessageBatch.LargestSize;
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 24, "options.MaxSizeInBytes");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ServiceBusMessageBatch.LargestSize, "options.MaxSizeInBytes");
        return ValueTask.FromResult(new ServiceBusMessageBatch(size));
    }

    public virtual async Task<long> ScheduleMessageAsync(
        ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return (await ScheduleMessagesAsync([message], scheduledEnqueueTime, cancellationToken).ConfigureAwait(false))[0];
    }

    public virtual async Task<IReadOnlyList<long>> ScheduleMessagesAsync(
        IEnumerable<ServiceBusMessage> messages, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var outgoing = messages.Select(
            message => OutgoingMessage.From(message) with { ScheduledEnqueueTime = scheduledEnqueueTime }).ToArray();
        return await EnqueueAsync(outgoing, cancellationToken).ConfigureAwait(false);
    }

    public virtual Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default) =>
        CancelScheduledMessagesAsync([sequenceNumber], cancellationToken);

    public virtual Task CancelScheduledMessagesAsync(IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        var client = RequireOpen();
        var numbers = sequenceNumbers.ToArray();
        return client.Database.WriteAsync(
            connection =>
                Broker.Sending.CancelScheduled(connection, EntityPath, numbers, client.Time.Ticks()), notify: false, cancellationToken);
    }

    public virtual Task CloseAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _closed, true);
        return Task.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync(CancellationToken.None).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private Task<long[]> EnqueueAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var client = RequireOpen();
        if (messages.Count == 0)
            return Task.FromResult(Array.Empty<long>());

        var size = messages.Sum(message => message.Size);
        if (size > ServiceBusMessageBatch.LargestSize)
        {
            throw new ServiceBusException(
                $"{(messages.Count == 1 ? "The message is" : $"The {messages.Count} messages together are")} {size:N0} bytes, and the limit is " +
                $"{ServiceBusMessageBatch.LargestSize:N0}. Put large content in a blob and send its name, or send fewer messages at once.",
                ServiceBusFailureReason.MessageSizeExceeded, EntityPath);
        }
        return client.Database.WriteAsync(
            connection => Broker.Sending.Send(connection, EntityPath, messages, client.Time.Ticks()), notify: true, cancellationToken);
    }

    private ServiceBusClient RequireOpen()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return _client ?? throw new InvalidOperationException("The sender was made without a client.");
    }
}
