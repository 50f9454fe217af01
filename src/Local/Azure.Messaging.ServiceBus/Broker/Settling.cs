namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Completing, abandoning, deferring, dead-lettering and renewing, each inside the writer's transaction.</summary>
internal static class Settling
{
    public static void Complete(BrokerConnection connection, EntityPath entity, Guid lockToken, SessionLock? session, long now)
    {
        var (_, id, _) = RequireLocked(connection, entity, lockToken, session, now);
        connection.Execute("DELETE FROM messages WHERE id = $id", ("$id", id));
    }

    public static void Abandon(
        BrokerConnection connection, EntityPath entity, Guid lockToken, SessionLock? session, IDictionary<string, object>? changes,
        long now)
    {
        var (queue, id, properties) = RequireLocked(connection, entity, lockToken, session, now);
        connection.Execute(
            """
            UPDATE messages SET delivery_count = delivery_count + 1, lock_token = NULL, lock_until = NULL, session_lock = NULL, properties = $properties
            WHERE id = $id
            """,
            ("$id", id), ("$properties", Merge(properties, changes)));
        Housekeeping.DeadLetterOverdelivered(connection, queue);
    }

    public static void Defer(
        BrokerConnection connection, EntityPath entity, Guid lockToken, SessionLock? session, IDictionary<string, object>? changes,
        long now)
    {
        var (_, id, properties) = RequireLocked(connection, entity, lockToken, session, now);
        connection.Execute(
            "UPDATE messages SET state = 1, lock_token = NULL, lock_until = NULL, session_lock = NULL, properties = $properties WHERE id = $id",
            ("$id", id), ("$properties", Merge(properties, changes)));
    }

    public static void DeadLetter(
        BrokerConnection connection, EntityPath entity, Guid lockToken, SessionLock? session,
        IDictionary<string, object>? changes, string? reason, string? description, long now)
    {
        if (entity.IsDeadLetter)
            throw new InvalidOperationException(
                $"A message of '{entity}' is dead-lettered already. Complete it, or abandon it to leave it there.");
        var (_, id, properties) = RequireLocked(connection, entity, lockToken, session, now);
        Housekeeping.DeadLetter(connection, id, Merge(properties, changes), reason, description);
    }

    public static long Renew(BrokerConnection connection, EntityPath entity, Guid lockToken, long now)
    {
        var (queue, id, _) = RequireLocked(connection, entity, lockToken, null, now);
        var until = BrokerTime.After(now, queue.LockDuration);
        connection.Execute("UPDATE messages SET lock_until = $until WHERE id = $id", ("$id", id), ("$until", until));
        return until;
    }

    private static (QueueRecord Queue, long Id, string Properties) RequireLocked(
        BrokerConnection connection, EntityPath entity, Guid lockToken, SessionLock? session, long now)
    {
        var queue = QueueRecord.Require(connection, entity.Queue);
        if (session is not null)
            Sessions.RequireHeld(connection, queue, session, now);
        var held = connection.List(
            "SELECT id, properties FROM messages WHERE lock_token = $token AND queue = $queue AND (lock_until IS NULL OR lock_until > $now)",
            row => (Id: row.GetInt64(0), Properties: row.GetString(1)),
            ("$token", lockToken.ToString()), ("$queue", queue.Id), ("$now", now));
        return held.Count == 1 ? (queue, held[0].Id, held[0].Properties) : throw new ServiceBusException(
            "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
            ServiceBusFailureReason.MessageLockLost, entity.ToString());
    }

    private static string Merge(string properties, IDictionary<string, object>? changes)
    {
        if (changes is null or { Count: 0 })
            return properties;
        var merged = ApplicationPropertyCodec.Decode(properties);
        foreach (var (name, value) in changes)
            merged[name] = value;
        return ApplicationPropertyCodec.Encode(merged);
    }
}
