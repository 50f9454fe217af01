using Azure.Messaging.ServiceBus;

namespace Microsoft.Azure.Functions.Worker;

public class ServiceBusSessionMessageActions
{
    private readonly ProcessSessionMessageEventArgs _session;

    internal ServiceBusSessionMessageActions(ProcessSessionMessageEventArgs session)
    {
        _session = session;
        SessionLockedUntil = session.SessionLockedUntil;
    }

    protected ServiceBusSessionMessageActions() => _session = null!; // Mocks override every member.

    public virtual DateTimeOffset SessionLockedUntil { get; protected set; }

    public virtual async Task<BinaryData> GetSessionStateAsync(CancellationToken cancellationToken = default) =>
        await _session.GetSessionStateAsync(cancellationToken).ConfigureAwait(false) ?? BinaryData.Empty;

    public virtual Task SetSessionStateAsync(BinaryData sessionState, CancellationToken cancellationToken = default) =>
        _session.SetSessionStateAsync(sessionState, cancellationToken);

    public virtual Task ReleaseSession(CancellationToken cancellationToken = default)
    {
        _session.ReleaseSession();
        return Task.CompletedTask;
    }

    public virtual async Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        await _session.RenewSessionLockAsync(cancellationToken).ConfigureAwait(false);
        SessionLockedUntil = _session.SessionLockedUntil;
    }
}
