using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>What the operations on messages need to know of their queue.</summary>
internal sealed record QueueRecord(
    long Id,
    string Name,
    TimeSpan LockDuration,
    int MaxDeliveryCount,
    TimeSpan DefaultTimeToLive,
    bool DeadLetterOnExpiry,
    TimeSpan? DuplicateWindow,
    bool RequiresSession,
    long MaxSizeBytes,
    long SizeBytes)
{
    public static QueueRecord Require(BrokerConnection connection, string name) =>
        Find(connection, name) ?? throw new ServiceBusException(
            $"The messaging entity '{name}' could not be found. Create the queue first (ServiceBusAdministrationClient.CreateQueueAsync).",
            ServiceBusFailureReason.MessagingEntityNotFound, name);

    public static QueueRecord? Find(BrokerConnection connection, string name) => connection.First(
        """
        SELECT id, name, lock_duration, max_delivery_count, default_ttl, dead_letter_on_expiry, duplicate_window,
               requires_session, max_size_bytes, size_bytes
        FROM queues WHERE name = $name
        """,
        Read, ("$name", name));

    private static QueueRecord Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        TimeSpan.FromTicks(row.GetInt64(2)),
        row.GetInt32(3),
        TimeSpan.FromTicks(row.GetInt64(4)),
        row.GetBoolean(5),
        row.IsDBNull(6) ? null : TimeSpan.FromTicks(row.GetInt64(6)),
        row.GetBoolean(7),
        row.GetInt64(8),
        row.GetInt64(9));
}
