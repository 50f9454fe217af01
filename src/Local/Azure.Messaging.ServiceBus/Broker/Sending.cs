namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Sending, scheduling and cancelling, each inside the writer's transaction.</summary>
internal static class Sending
{
    public static long[] Send(BrokerConnection connection, string queueName, IReadOnlyList<OutgoingMessage> messages, long now)
    {
        var queue = QueueRecord.Require(connection, queueName);
        if (queue.RequiresSession && messages.Any(message => string.IsNullOrEmpty(message.SessionId)))
        {
            throw new InvalidOperationException(
                $"The SessionId was not set on a message, and it cannot be sent to '{queueName}'. " +
                "Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.");
        }
        if (queue.SizeBytes + messages.Sum(message => message.Size) > queue.MaxSizeBytes)
        {
            throw new ServiceBusException(
                $"The queue '{queueName}' has reached its maximum size of {queue.MaxSizeBytes >> 20} MB. " +
                "Receive or purge messages (its dead-letter queue counts too), or create it with a larger MaxSizeInMegabytes.",
                ServiceBusFailureReason.QuotaExceeded, queueName);
        }

        // What became active in the meantime stands before what is sent now.
        Housekeeping.ActivateScheduled(connection, queue, now);
        if (queue.DuplicateWindow is { } window)
        {
            connection.Execute(
                "DELETE FROM duplicates WHERE queue = $queue AND seen <= $before", ("$queue", queue.Id), ("$before", now - window.Ticks));
        }
        return messages.Select(message => Enqueue(connection, queue, message, now)).ToArray();
    }

    public static void CancelScheduled(BrokerConnection connection, string queueName, IReadOnlyList<long> sequenceNumbers, long now)
    {
        var queue = QueueRecord.Require(connection, queueName);
        Housekeeping.Run(connection, queue, now);
        foreach (var sequence in sequenceNumbers)
        {
            var cancelled = connection.Execute(
                "DELETE FROM messages WHERE queue = $queue AND dead_letter = 0 AND state = 2 AND sequence = $sequence",
                ("$queue", queue.Id), ("$sequence", sequence));
            if (cancelled == 0)
                throw new ServiceBusException(
                    $"No scheduled message of '{queueName}' has the sequence number {sequence}; it may be active already.",
                    ServiceBusFailureReason.MessageNotFound, queueName);
        }
    }

    public static long NextSequence(BrokerConnection connection, QueueRecord queue) => connection.Number(
        "UPDATE queues SET last_sequence = last_sequence + 1 WHERE id = $queue RETURNING last_sequence", ("$queue", queue.Id));

    // A duplicate is accepted and dropped, as the service does it; the sequence number it would have had is returned.
    private static long Enqueue(BrokerConnection connection, QueueRecord queue, OutgoingMessage message, long now)
    {
        var sequence = NextSequence(connection, queue);
        if (queue.DuplicateWindow is not null && connection.Execute(
                "INSERT INTO duplicates (queue, message_id, seen) VALUES ($queue, $id, $now) ON CONFLICT DO NOTHING",
                ("$queue", queue.Id), ("$id", message.MessageId), ("$now", now)) == 0)
        {
            return sequence;
        }

        var scheduled = message.ScheduledEnqueueTime.UtcTicks > now;
        var enqueued = scheduled ? message.ScheduledEnqueueTime.UtcTicks : now;
        var ttl = message.TimeToLive < queue.DefaultTimeToLive ? message.TimeToLive : queue.DefaultTimeToLive;
        connection.Execute(
            """
            INSERT INTO messages (queue, sequence, enqueued_sequence, state, message_id, session, enqueued, due, ttl, expires,
                                  headers, properties, body, size)
            VALUES ($queue, $sequence, $sequence, $state, $id, $session, $enqueued, $due, $ttl, $expires,
                    $headers, $properties, $body, $size)
            """,
            ("$queue", queue.Id), ("$sequence", sequence), ("$state", scheduled ? 2 : 0),
            ("$id", message.MessageId), ("$session", message.SessionId), ("$enqueued", enqueued),
            ("$due", message.ScheduledEnqueueTime == default ? null : message.ScheduledEnqueueTime.UtcTicks),
            ("$ttl", ttl.Ticks), ("$expires", BrokerTime.After(enqueued, ttl)),
            ("$headers", message.Headers), ("$properties", message.Properties), ("$body", message.Body), ("$size", message.Size));
        return sequence;
    }
}
