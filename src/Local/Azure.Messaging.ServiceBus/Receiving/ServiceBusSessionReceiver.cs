using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusSessionReceiver : ServiceBusReceiver
{
    private SessionLock? _held;

    protected ServiceBusSessionReceiver()
    {
    }

    private ServiceBusSessionReceiver(ServiceBusClient client, string queueName, ServiceBusReceiverOptions options, SessionLock held)
        : base(client, queueName, options) =>
        _held = held;

    public virtual string SessionId => _held?.SessionId ?? "";

    public virtual DateTimeOffset SessionLockedUntil => _held is { } held ? BrokerTime.FromTicks(held.Until) : default;

    private protected override SessionLock? Held => _held;

    public virtual async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default)
    {
        var (client, held) = RequireSession();
        var state = await client.Database.WriteAsync(
            connection => Sessions.GetState(
                connection, EntityPath, held, client.Time.Ticks()), notify: false, cancellationToken).ConfigureAwait(false);
        return state is null ? null : BinaryData.FromBytes(state);
    }

    public virtual Task SetSessionStateAsync(BinaryData? sessionState, CancellationToken cancellationToken = default)
    {
        var (client, held) = RequireSession();
        var state = sessionState?.ToArray();
        return client.Database.WriteAsync(
            connection => Sessions.SetState(connection, EntityPath, held, state, client.Time.Ticks()), notify: false, cancellationToken);
    }

    public virtual async Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        var (client, held) = RequireSession();
        var until = await client.Database.WriteAsync(
            connection =>
                Sessions.Renew(connection, EntityPath, held, client.Time.Ticks()), notify: false, cancellationToken).ConfigureAwait(false);
        _held = held with { Until = until };
    }

    /// <summary>Gives the session back, and with it the messages that were received and not settled.</summary>
    public override async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        if (IsClosed)
            return;
        var (client, held) = RequireSession();
        await base.CloseAsync(cancellationToken).ConfigureAwait(false);
        if (!client.IsClosed)
        {
            await client.Database.WriteAsync(
                connection => Sessions.Close(
                    connection, EntityPath, held, client.Time.Ticks()), notify: true, CancellationToken.None).ConfigureAwait(false);
        }
    }

    internal static async Task<ServiceBusSessionReceiver> AcceptAsync(
        ServiceBusClient client, string queueName, string? sessionId, ServiceBusSessionReceiverOptions? options,
        CancellationToken cancellationToken)
    {
        var entity = Broker.EntityPath.Parse(queueName);
        if (entity.IsDeadLetter)
            throw new InvalidOperationException($"The dead-letter queue '{queueName}' has no sessions. Use CreateReceiver.");

        var held = sessionId is null
            ? await AcceptNextAsync(client, entity, cancellationToken).ConfigureAwait(false)
            : await client.Database.WriteAsync(
                connection => Sessions.Accept(connection, entity.Queue, sessionId, client.Time.Ticks()), notify: false, cancellationToken)
                .ConfigureAwait(false);
        var receiverOptions = new ServiceBusReceiverOptions
        {
            Identifier = options?.Identifier,
            PrefetchCount = options?.PrefetchCount ?? 0,
            ReceiveMode = options?.ReceiveMode ?? ServiceBusReceiveMode.PeekLock,
        };
        return new ServiceBusSessionReceiver(client, queueName, receiverOptions, held);
    }

    private static async Task<SessionLock> AcceptNextAsync(
        ServiceBusClient client, EntityPath entity, CancellationToken cancellationToken) =>
        await BrokerWait.ForAsync(
            client,
            () => client.Database.WriteAsync(
                connection => Sessions.AcceptNext(connection, entity.Queue, client.Time.Ticks()), notify: false, cancellationToken),
            connection => Broker.Receiving.LookForSession(connection, entity, client.Time.Ticks()),
            client.Retry.TryTimeout,
            cancellationToken).ConfigureAwait(false)
        ?? throw new ServiceBusException(
            $"No session of '{entity}' with messages became free within {client.Retry.TryTimeout}.",
            ServiceBusFailureReason.ServiceTimeout, entity.ToString());

    private (ServiceBusClient Client, SessionLock Held) RequireSession() =>
        (RequireOpen(), _held ?? throw new InvalidOperationException("The receiver was made without a session."));
}
