using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Rows of the messages table as received messages.</summary>
internal static class MessageRows
{
    public const string Columns =
        "id, sequence, enqueued_sequence, state, message_id, session, enqueued, due, ttl, delivery_count, headers, properties, body, dead_letter";

    public static long Id(SqliteDataReader row) => row.GetInt64(0);

    /// <param name="row">A row of <see cref="Columns"/>.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="lockToken">The lock it is handed out under; empty when peeked, or received and deleted.</param>
    /// <param name="lockedUntil">When that lock ends.</param>
    /// <param name="delivering">Whether this is a delivery, which counts, or a peek, which does not.</param>
    public static ServiceBusReceivedMessage Read(
        SqliteDataReader row, QueueRecord queue, Guid lockToken, long lockedUntil, bool delivering)
    {
        var headers = MessageHeaders.Decode(row.GetString(10));
        return new ServiceBusReceivedMessage
        {
            SequenceNumber = row.GetInt64(1),
            EnqueuedSequenceNumber = row.GetInt64(2),
            State = (ServiceBusMessageState)row.GetInt32(3),
            MessageId = row.GetString(4),
            SessionId = row.IsDBNull(5) ? null : row.GetString(5),
            EnqueuedTime = BrokerTime.FromTicks(row.GetInt64(6)),
            ScheduledEnqueueTime = row.IsDBNull(7) ? default : BrokerTime.FromTicks(row.GetInt64(7)),
            TimeToLive = TimeSpan.FromTicks(row.GetInt64(8)),
            DeliveryCount = row.GetInt32(9) + (delivering ? 1 : 0),
            ContentType = headers.ContentType,
            CorrelationId = headers.CorrelationId,
            Subject = headers.Subject,
            To = headers.To,
            ReplyTo = headers.ReplyTo,
            ReplyToSessionId = headers.ReplyToSessionId,
            PartitionKey = headers.PartitionKey,
            TransactionPartitionKey = headers.TransactionPartitionKey,
            ApplicationProperties = ApplicationPropertyCodec.Decode(row.GetString(11)),
            Body = BinaryData.FromBytes(row.GetFieldValue<byte[]>(12)),
            DeadLetterSource = row.GetBoolean(13) ? queue.Name : null,
            LockTokenGuid = lockToken,
            LockedUntil = lockedUntil == 0 ? default : BrokerTime.FromTicks(lockedUntil),
        };
    }
}
