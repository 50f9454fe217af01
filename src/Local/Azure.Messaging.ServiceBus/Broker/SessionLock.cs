namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>A session held by a receiver.</summary>
internal sealed record SessionLock(string SessionId, Guid Token, long Until);
