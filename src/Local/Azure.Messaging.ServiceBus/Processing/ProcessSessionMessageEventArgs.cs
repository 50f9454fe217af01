namespace Azure.Messaging.ServiceBus;

public class ProcessSessionMessageEventArgs : EventArgs
{
    private readonly ServiceBusSessionReceiver _receiver;

    public ProcessSessionMessageEventArgs(
        ServiceBusReceivedMessage message, ServiceBusSessionReceiver receiver, CancellationToken cancellationToken)
        : this(message, receiver, "", cancellationToken)
    {
    }

    public ProcessSessionMessageEventArgs(
        ServiceBusReceivedMessage message, ServiceBusSessionReceiver receiver, string identifier, CancellationToken cancellationToken)
    {
        Message = message;
        _receiver = receiver;
        Identifier = identifier;
        CancellationToken = cancellationToken;
    }

    public event Func<SessionLockLostEventArgs, Task>? SessionLockLostAsync;

    public ServiceBusReceivedMessage Message { get; }

    public CancellationToken CancellationToken { get; }

    public string Identifier { get; }

    public string EntityPath => _receiver.EntityPath;

    public string FullyQualifiedNamespace => _receiver.FullyQualifiedNamespace;

    public string SessionId => _receiver.SessionId;

    public DateTimeOffset SessionLockedUntil => _receiver.SessionLockedUntil;

    internal bool SessionReleased { get; private set; }

    public virtual Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken = default) =>
        _receiver.GetSessionStateAsync(cancellationToken);

    public virtual Task SetSessionStateAsync(BinaryData? sessionState, CancellationToken cancellationToken = default) =>
        _receiver.SetSessionStateAsync(sessionState, cancellationToken);

    public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) =>
        _receiver.RenewSessionLockAsync(cancellationToken);

    /// <summary>The processor takes no more messages of this session once the handler returns.</summary>
    public virtual void ReleaseSession() => SessionReleased = true;

    public virtual Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        _receiver.AbandonMessageAsync(message, propertiesToModify, cancellationToken);

    public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        _receiver.CompleteMessageAsync(message, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, string deadLetterReason, string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        _receiver.DeadLetterMessageAsync(message, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        _receiver.DeadLetterMessageAsync(message, propertiesToModify, cancellationToken);

    public virtual Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify, string deadLetterReason,
        string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
        _receiver.DeadLetterMessageAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public virtual Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null,
        CancellationToken cancellationToken = default) =>
        _receiver.DeferMessageAsync(message, propertiesToModify, cancellationToken);

    protected internal virtual Task OnSessionLockLostAsync(SessionLockLostEventArgs args) =>
        SessionLockLostAsync?.Invoke(args) ?? Task.CompletedTask;
}
