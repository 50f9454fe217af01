namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>
/// What time alone does to a queue: locks run out, scheduled messages become active, old ones expire. Every operation
/// that looks at messages runs it first, so the file needs no process of its own to keep it true.
/// </summary>
internal static class Housekeeping
{
    public static void Run(BrokerConnection connection, QueueRecord queue, long now)
    {
        if (ReleaseExpiredLocks(connection, queue, now))
            DeadLetterOverdelivered(connection, queue);
        ActivateScheduled(connection, queue, now);
        Expire(connection, queue, now);
    }

    /// <summary>When time will next change something in the queue: a receiver that waits need not look before.</summary>
    public static long NextDue(BrokerConnection connection, QueueRecord queue)
    {
        var due = connection.First(
            """
            SELECT min(at) FROM (
                SELECT min(due) AS at FROM messages WHERE queue = $queue AND state = 2
                UNION ALL SELECT min(lock_until) FROM messages WHERE queue = $queue AND lock_until IS NOT NULL
                UNION ALL SELECT min(lock_until) FROM sessions WHERE queue = $queue AND lock_token IS NOT NULL
                UNION ALL SELECT min(expires) FROM messages WHERE queue = $queue AND dead_letter = 0 AND state <> 2 AND lock_token IS NULL)
            """,
            row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("$queue", queue.Id));
        return due ?? DateTimeOffset.MaxValue.UtcTicks;
    }

    /// <summary>Moves a message that was given back too often to the dead-letter queue.</summary>
    public static void DeadLetterOverdelivered(BrokerConnection connection, QueueRecord queue)
    {
        var overdelivered = connection.List(
            """
            SELECT id, properties FROM messages
            WHERE queue = $queue AND dead_letter = 0 AND lock_token IS NULL AND delivery_count > 0 AND delivery_count >= $max
            """,
            row => (Id: row.GetInt64(0), Properties: row.GetString(1)), ("$queue", queue.Id), ("$max", queue.MaxDeliveryCount));
        foreach (var (id, properties) in overdelivered)
        {
            DeadLetter(connection, id, properties, "MaxDeliveryCountExceeded",
                $"Message could not be consumed after {queue.MaxDeliveryCount} delivery attempts.");
        }
    }

    public static void DeadLetter(BrokerConnection connection, long id, string properties, string? reason, string? description)
    {
        var decoded = ApplicationPropertyCodec.Decode(properties);
        if (reason is not null)
            decoded[ServiceBusReceivedMessage.DeadLetterReasonProperty] = reason;
        if (description is not null)
            decoded[ServiceBusReceivedMessage.DeadLetterDescriptionProperty] = description;
        connection.Execute(
            """
            UPDATE messages SET dead_letter = 1, state = 0, lock_token = NULL, lock_until = NULL, session_lock = NULL, properties = $properties
            WHERE id = $id
            """,
            ("$id", id), ("$properties", ApplicationPropertyCodec.Encode(decoded)));
    }

    /// <summary>A scheduled message joins the queue when it becomes active, behind what is there already.</summary>
    public static void ActivateScheduled(BrokerConnection connection, QueueRecord queue, long now)
    {
        var due = connection.List(
            "SELECT id FROM messages WHERE queue = $queue AND state = 2 AND due <= $now ORDER BY due, sequence",
            row => row.GetInt64(0), ("$queue", queue.Id), ("$now", now));
        foreach (var id in due)
        {
            connection.Execute(
                "UPDATE messages SET state = 0, sequence = $sequence WHERE id = $id",
                ("$id", id), ("$sequence", Sending.NextSequence(connection, queue)));
        }
    }

    private static bool ReleaseExpiredLocks(BrokerConnection connection, QueueRecord queue, long now)
    {
        var released = connection.Execute(
            """
            UPDATE messages SET delivery_count = delivery_count + 1, lock_token = NULL, lock_until = NULL
            WHERE queue = $queue AND lock_until IS NOT NULL AND lock_until <= $now
            """,
            ("$queue", queue.Id), ("$now", now));

        var sessions = connection.List(
            "SELECT id, lock_token FROM sessions WHERE queue = $queue AND lock_token IS NOT NULL AND lock_until <= $now",
            row => (Id: row.GetString(0), Token: row.GetString(1)), ("$queue", queue.Id), ("$now", now));
        foreach (var (id, token) in sessions)
        {
            // A session lock that runs out counts as a delivery; a session that is closed does not.
            released += connection.Execute(
                """
                UPDATE messages SET delivery_count = delivery_count + 1, lock_token = NULL, session_lock = NULL WHERE session_lock = $token
                """,
                ("$token", token));
            Sessions.Release(connection, queue, id, token);
        }
        return released > 0;
    }

    // A locked message does not expire under its receiver's hands, and dead-lettered ones never do.
    private static void Expire(BrokerConnection connection, QueueRecord queue, long now)
    {
        const string expired = "queue = $queue AND dead_letter = 0 AND state <> 2 AND expires <= $now AND lock_token IS NULL";
        if (!queue.DeadLetterOnExpiry)
        {
            connection.Execute($"DELETE FROM messages WHERE {expired}", ("$queue", queue.Id), ("$now", now));
            return;
        }
        var messages = connection.List(
            $"SELECT id, properties FROM messages WHERE {expired}",
            row => (Id: row.GetInt64(0), Properties: row.GetString(1)), ("$queue", queue.Id), ("$now", now));
        foreach (var (id, properties) in messages)
            DeadLetter(connection, id, properties, "TTLExpiredException", "The message expired and was dead lettered.");
    }
}
