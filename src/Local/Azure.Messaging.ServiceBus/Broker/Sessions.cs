namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Accepting, renewing and closing sessions, and their state, each inside the writer's transaction.</summary>
internal static class Sessions
{
    public static SessionLock Accept(BrokerConnection connection, string queueName, string sessionId, long now)
    {
        var queue = RequireSessionQueue(connection, queueName);
        Housekeeping.Run(connection, queue, now);
        return TryLock(connection, queue, sessionId, now) ?? throw new ServiceBusException(
            $"The requested session '{sessionId}' of '{queueName}' cannot be accepted. It may be locked by another receiver.",
            ServiceBusFailureReason.SessionCannotBeLocked, queueName);
    }

    /// <summary>Locks the free session with the oldest message; null when every session with messages is taken.</summary>
    public static SessionLock? AcceptNext(BrokerConnection connection, string queueName, long now)
    {
        var queue = RequireSessionQueue(connection, queueName);
        Housekeeping.Run(connection, queue, now);
        return NextFree(connection, queue) is { } session ? TryLock(connection, queue, session, now) : null;
    }

    public static string? NextFree(BrokerConnection connection, QueueRecord queue) => connection.First(
        """
        SELECT session FROM messages
        WHERE queue = $queue AND dead_letter = 0 AND state = 0 AND lock_token IS NULL
          AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.queue = $queue AND sessions.id = session AND sessions.lock_token IS NOT NULL)
        ORDER BY sequence LIMIT 1
        """,
        row => row.GetString(0), ("$queue", queue.Id));

    public static long Renew(BrokerConnection connection, string queueName, SessionLock held, long now)
    {
        var queue = QueueRecord.Require(connection, queueName);
        RequireHeld(connection, queue, held, now);
        var until = BrokerTime.After(now, queue.LockDuration);
        connection.Execute(
            "UPDATE sessions SET lock_until = $until WHERE queue = $queue AND id = $id",
            ("$queue", queue.Id), ("$id", held.SessionId), ("$until", until));
        return until;
    }

    /// <summary>Gives the session back with what is unsettled in it. Nothing to do if the lock is lost already.</summary>
    public static void Close(BrokerConnection connection, string queueName, SessionLock held, long now)
    {
        if (QueueRecord.Find(connection, queueName) is not { } queue)
            return;
        // A lock that ran out before the close counts as such.
        Housekeeping.Run(connection, queue, now);
        connection.Execute(
            "UPDATE messages SET lock_token = NULL, session_lock = NULL WHERE session_lock = $token", ("$token", held.Token.ToString()));
        Release(connection, queue, held.SessionId, held.Token.ToString());
    }

    public static byte[]? GetState(BrokerConnection connection, string queueName, SessionLock held, long now)
    {
        var queue = QueueRecord.Require(connection, queueName);
        RequireHeld(connection, queue, held, now);
        return connection.First(
            "SELECT state FROM sessions WHERE queue = $queue AND id = $id",
            row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), ("$queue", queue.Id), ("$id", held.SessionId));
    }

    public static void SetState(BrokerConnection connection, string queueName, SessionLock held, byte[]? state, long now)
    {
        var queue = QueueRecord.Require(connection, queueName);
        RequireHeld(connection, queue, held, now);
        connection.Execute(
            "UPDATE sessions SET state = $state WHERE queue = $queue AND id = $id",
            ("$queue", queue.Id), ("$id", held.SessionId), ("$state", state));
    }

    /// <summary>Until when the session is held; throws SessionLockLost when it no longer is.</summary>
    public static long RequireHeld(BrokerConnection connection, QueueRecord queue, SessionLock held, long now)
    {
        var until = connection.Number(
            "SELECT lock_until FROM sessions WHERE queue = $queue AND id = $id AND lock_token = $token",
            ("$queue", queue.Id), ("$id", held.SessionId), ("$token", held.Token.ToString()));
        return until > now ? until : throw new ServiceBusException(
            $"The lock of session '{held.SessionId}' of '{queue.Name}' has expired. Accept the session again.",
            ServiceBusFailureReason.SessionLockLost, queue.Name);
    }

    /// <summary>Frees a session; its row stays only to keep its state.</summary>
    public static void Release(BrokerConnection connection, QueueRecord queue, string sessionId, string token)
    {
        connection.Execute(
            "UPDATE sessions SET lock_token = NULL, lock_until = NULL WHERE queue = $queue AND id = $id AND lock_token = $token",
            ("$queue", queue.Id), ("$id", sessionId), ("$token", token));
        connection.Execute(
            "DELETE FROM sessions WHERE queue = $queue AND id = $id AND lock_token IS NULL AND state IS NULL",
            ("$queue", queue.Id), ("$id", sessionId));
    }

    private static SessionLock? TryLock(BrokerConnection connection, QueueRecord queue, string sessionId, long now)
    {
        var held = new SessionLock(sessionId, Guid.NewGuid(), BrokerTime.After(now, queue.LockDuration));
        var locked = connection.Execute(
            """
            INSERT INTO sessions (queue, id, lock_token, lock_until) VALUES ($queue, $id, $token, $until)
            ON CONFLICT (queue, id) DO UPDATE SET lock_token = $token, lock_until = $until WHERE lock_token IS NULL
            """,
            ("$queue", queue.Id), ("$id", sessionId), ("$token", held.Token.ToString()), ("$until", held.Until));
        return locked == 1 ? held : null;
    }

    private static QueueRecord RequireSessionQueue(BrokerConnection connection, string queueName)
    {
        var queue = QueueRecord.Require(connection, queueName);
        return queue.RequiresSession ? queue : throw new InvalidOperationException(
            $"A sessionful message receiver cannot be created on '{queueName}', an entity that does not require sessions.");
    }
}
