using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusReceiver : IAsyncDisposable
{
    private const int MaxDeadLetterTextLength = 4096;

    private readonly ServiceBusClient? _client;
    private readonly EntityPath _entity;
    private readonly CancellationTokenSource _closing = new();
    private long _peeked;

    protected ServiceBusReceiver()
    {
    }

    protected internal ServiceBusReceiver(ServiceBusClient client, string queueName, ServiceBusReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _entity = Broker.EntityPath.Parse(queueName, options.SubQueue);
        EntityPath = _entity.ToString();
        Identifier = options.Identifier ?? $"{EntityPath}-{Guid.NewGuid()}";
        PrefetchCount = options.PrefetchCount;
        ReceiveMode = options.ReceiveMode;
    }

    public virtual string FullyQualifiedNamespace => _client?.FullyQualifiedNamespace ?? "";

    public virtual string EntityPath { get; } = "";

    public virtual string Identifier { get; } = "";

    public virtual int PrefetchCount { get; }

    public virtual ServiceBusReceiveMode ReceiveMode { get; }

    public virtual bool IsClosed => _closing.IsCancellationRequested;

    /// <summary>The session this receiver holds; null for one without sessions.</summary>
    private protected virtual SessionLock? Held => null;

    public virtual async Task<ServiceBusReceivedMessage?> ReceiveMessageAsync(
        TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        var messages = await ReceiveMessagesAsync(1, maxWaitTime, cancellationToken).ConfigureAwait(false);
        return messages.Count == 0 ? null : messages[0];
    }

    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        if (maxWaitTime is { } wait)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, nameof(maxWaitTime));
        var client = RequireOpen();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);

        var found = await BrokerWait.ForAsync(
            client,
            async () =>
            {
                var messages = await client.Database.WriteAsync(
                    connection => Broker.Receiving.Receive(connection, _entity, maxMessages, ReceiveMode, Held, client.Time.Ticks()),
                    notify: false, stopping.Token).ConfigureAwait(false);
                return messages.Count == 0 ? null : messages;
            },
            connection => Broker.Receiving.Look(connection, _entity, Held?.SessionId, client.Time.Ticks()),
            maxWaitTime ?? client.Retry.TryTimeout,
            stopping.Token).ConfigureAwait(false);
        return found ?? [];
    }

    public virtual async IAsyncEnumerable<ServiceBusReceivedMessage> ReceiveMessagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ReceiveMessageAsync(null, cancellationToken).ConfigureAwait(false) is { } message)
                yield return message;
        }
    }

    public virtual async Task<ServiceBusReceivedMessage?> PeekMessageAsync(
        long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        var messages = await PeekMessagesAsync(1, fromSequenceNumber, cancellationToken).ConfigureAwait(false);
        return messages.Count == 0 ? null : messages[0];
    }

    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        var client = RequireOpen();
        var from = fromSequenceNumber ?? _peeked + 1;
        var messages = await client.Database.WriteAsync(
            connection => Broker.Receiving.Peek(connection, _entity, maxMessages, from, Held?.SessionId, client.Time.Ticks()),
            notify: false, cancellationToken).ConfigureAwait(false);
        if (messages.Count > 0)
            _peeked = messages[^1].SequenceNumber;
        return messages;
    }

    public virtual async Task<ServiceBusReceivedMessage> ReceiveDeferredMessageAsync(
        long sequenceNumber, CancellationToken cancellationToken = default) =>
        (await ReceiveDeferredMessagesAsync([sequenceNumber], cancellationToken).ConfigureAwait(false))[0];

    public virtual async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        var client = RequireOpen();
        var numbers = sequenceNumbers.ToArray();
        return await client.Database.WriteAsync(
            connection => Broker.Receiving.ReceiveDeferred(connection, _entity, numbers, ReceiveMode, Held, client.Time.Ticks()),
            notify: false, cancellationToken).ConfigureAwait(false);
    }

    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(
            message, (connection, now) =>
                Settling.Complete(connection, _entity, message.LockTokenGuid, Held, now), notify: false, cancellationToken);

    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        SettleAsync(
            message,
            (connection, now) => Settling.Abandon(connection, _entity, message.LockTokenGuid, Held, propertiesToModify, now),
            notify: true, cancellationToken);

    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        SettleAsync(
            message,
            (connection, now) => Settling.Defer(connection, _entity, message.LockTokenGuid, Held, propertiesToModify, now),
            notify: false, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, propertiesToModify, null, null, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, string deadLetterReason, string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, null, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify, string deadLetterReason,
        string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
        DeadLetterAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public virtual async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var client = RequirePeekLock();
        if (Held is not null)
            throw new InvalidOperationException("A message of a session has no lock of its own. Use RenewSessionLockAsync.");
        var until = await client.Database.WriteAsync(
            connection => Settling.Renew(connection, _entity, message.LockTokenGuid, client.Time.Ticks()), notify: false, cancellationToken)
            .ConfigureAwait(false);
        message.LockedUntil = BrokerTime.FromTicks(until);
    }

    public virtual Task CloseAsync(CancellationToken cancellationToken = default) => _closing.CancelAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync(CancellationToken.None).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private protected ServiceBusClient RequireOpen()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return _client ?? throw new InvalidOperationException("The receiver was made without a client.");
    }

    private Task DeadLetterAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? changes, string? reason, string? description,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason?.Length ?? 0, MaxDeadLetterTextLength, "deadLetterReason.Length");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            description?.Length ?? 0, MaxDeadLetterTextLength, "deadLetterErrorDescription.Length");
        return SettleAsync(
            message,
            (connection, now) => Settling.DeadLetter(connection, _entity, message.LockTokenGuid, Held, changes, reason, description, now),
            notify: true, cancellationToken);
    }

    private async Task SettleAsync(
        ServiceBusReceivedMessage message, Action<BrokerConnection, long> settle, bool notify, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var client = RequirePeekLock();
        await client.Database.WriteAsync(
            connection => settle(connection, client.Time.Ticks()), notify, cancellationToken).ConfigureAwait(false);
        message.IsSettled = true;
    }

    private ServiceBusClient RequirePeekLock() => ReceiveMode == ServiceBusReceiveMode.PeekLock
        ? RequireOpen()
        : throw new InvalidOperationException("The operation is only supported in 'PeekLock' receive mode.");
}
