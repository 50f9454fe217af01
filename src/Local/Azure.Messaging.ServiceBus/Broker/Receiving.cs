using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Receiving and peeking, each inside the writer's transaction, and the cheap look whether that is worthwhile.</summary>
internal static class Receiving
{
    public static List<ServiceBusReceivedMessage> Receive(
        BrokerConnection connection, EntityPath entity, int maxMessages, ServiceBusReceiveMode mode, SessionLock? session, long now)
    {
        var queue = Prepare(connection, entity, session, now);
        var until = session is null ? BrokerTime.After(now, queue.LockDuration) : Sessions.RequireHeld(connection, queue, session, now);
        return connection.List(
                $"SELECT {MessageRows.Columns} FROM {Available(session?.SessionId)} ORDER BY sequence LIMIT $limit",
                row => Deliver(row, queue, mode, until),
                ("$queue", queue.Id), ("$deadLetter", entity.IsDeadLetter), ("$session", session?.SessionId), ("$limit", maxMessages))
            .ConvertAll(delivery => Take(connection, delivery, mode, session, until));
    }

    public static List<ServiceBusReceivedMessage> ReceiveDeferred(
        BrokerConnection connection, EntityPath entity, IReadOnlyList<long> sequenceNumbers, ServiceBusReceiveMode mode,
        SessionLock? session, long now)
    {
        var queue = Prepare(connection, entity, session, now);
        var until = session is null ? BrokerTime.After(now, queue.LockDuration) : Sessions.RequireHeld(connection, queue, session, now);
        var messages = new List<ServiceBusReceivedMessage>();
        foreach (var sequence in sequenceNumbers)
        {
            var found = connection.List(
                $"""
                SELECT {MessageRows.Columns} FROM messages
                WHERE queue = $queue AND dead_letter = $deadLetter AND state = 1 AND lock_token IS NULL AND sequence = $sequence
                  AND ($session IS NULL OR session = $session)
                """,
                row => Deliver(row, queue, mode, until),
                ("$queue", queue.Id), ("$deadLetter", entity.IsDeadLetter), ("$sequence", sequence), ("$session", session?.SessionId));
            if (found.Count == 0)
            {
                throw new ServiceBusException(
                    $"No deferred message of '{entity}' with the sequence number {sequence} can be received: it is not there, or another receiver has locked it.",
                    ServiceBusFailureReason.MessageNotFound, entity.ToString());
            }
            messages.Add(Take(connection, found[0], mode, session, until));
        }
        return messages;
    }

    public static List<ServiceBusReceivedMessage> Peek(
        BrokerConnection connection, EntityPath entity, int maxMessages, long fromSequenceNumber, string? sessionId, long now)
    {
        var queue = QueueRecord.Require(connection, entity.Queue);
        Housekeeping.Run(connection, queue, now);
        return connection.List(
            $"""
            SELECT {MessageRows.Columns} FROM messages
            WHERE queue = $queue AND dead_letter = $deadLetter AND sequence >= $from AND ($session IS NULL OR session = $session)
            ORDER BY sequence LIMIT $limit
            """,
            row => MessageRows.Read(row, queue, Guid.Empty, 0, delivering: false),
            ("$queue", queue.Id), ("$deadLetter", entity.IsDeadLetter), ("$from", fromSequenceNumber), ("$session", sessionId),
            ("$limit", maxMessages));
    }

    /// <summary>Whether a receiver would find something now, and if not, when time alone may bring it something.</summary>
    public static (bool Ready, long NextDue) Look(BrokerConnection connection, EntityPath entity, string? sessionId, long now)
    {
        var queue = QueueRecord.Require(connection, entity.Queue);
        var available = connection.Number(
            $"SELECT EXISTS (SELECT 1 FROM {Available(sessionId)})",
            ("$queue", queue.Id), ("$deadLetter", entity.IsDeadLetter), ("$session", sessionId)) != 0;
        var due = Housekeeping.NextDue(connection, queue);
        return (available || due <= now, due);
    }

    /// <summary>The same for a receiver that waits for any free session.</summary>
    public static (bool Ready, long NextDue) LookForSession(BrokerConnection connection, EntityPath entity, long now)
    {
        var queue = QueueRecord.Require(connection, entity.Queue);
        var due = Housekeeping.NextDue(connection, queue);
        return (due <= now || Sessions.NextFree(connection, queue) is not null, due);
    }

    // Two texts rather than one with an OR, so that each goes by its index. A session has no dead letters of its own.
    private static string Available(string? sessionId) => sessionId is null
        ? "messages WHERE queue = $queue AND dead_letter = $deadLetter AND state = 0 AND lock_token IS NULL"
        : "messages INDEXED BY messages_session WHERE queue = $queue AND dead_letter = 0 AND state = 0 AND lock_token IS NULL AND session = $session";

    private static QueueRecord Prepare(BrokerConnection connection, EntityPath entity, SessionLock? session, long now)
    {
        var queue = QueueRecord.Require(connection, entity.Queue);
        if (queue.RequiresSession && !entity.IsDeadLetter && session is null)
        {
            throw new InvalidOperationException(
                $"It is not possible for the entity '{entity}', which requires sessions, to create a non-sessionful message receiver. " +
                "Use AcceptSessionAsync, AcceptNextSessionAsync or a session processor.");
        }
        Housekeeping.Run(connection, queue, now);
        return queue;
    }

    private static (long Id, ServiceBusReceivedMessage Message) Deliver(
        SqliteDataReader row, QueueRecord queue, ServiceBusReceiveMode mode, long until) =>
        mode == ServiceBusReceiveMode.PeekLock
            ? (MessageRows.Id(row), MessageRows.Read(row, queue, Guid.NewGuid(), until, delivering: true))
            : (MessageRows.Id(row), MessageRows.Read(row, queue, Guid.Empty, 0, delivering: true));

    private static ServiceBusReceivedMessage Take(
        BrokerConnection connection, (
            long Id, ServiceBusReceivedMessage Message) delivery, ServiceBusReceiveMode mode, SessionLock? session, long until)
    {
        if (mode == ServiceBusReceiveMode.ReceiveAndDelete)
        {
            connection.Execute("DELETE FROM messages WHERE id = $id", ("$id", delivery.Id));
        }
        else
        {
            connection.Execute(
                "UPDATE messages SET lock_token = $token, lock_until = $until, session_lock = $session WHERE id = $id",
                ("$id", delivery.Id), ("$token", delivery.Message.LockToken), ("$until", session is null ? until : null),
                ("$session", session?.Token.ToString()));
        }
        return delivery.Message;
    }
}
