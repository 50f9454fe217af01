using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Creating, changing, listing and deleting queues, each inside the writer's transaction.</summary>
internal static class Queues
{
    private const string Columns =
        "name, lock_duration, max_delivery_count, default_ttl, dead_letter_on_expiry, duplicate_window, requires_session, max_size_bytes, user_metadata";

    public static QueueProperties Create(BrokerConnection connection, CreateQueueOptions options, long now)
    {
        if (QueueRecord.Find(connection, options.Name) is not null)
        {
            throw new ServiceBusException(
                $"The queue '{options.Name}' exists already.", ServiceBusFailureReason.MessagingEntityAlreadyExists, options.Name);
        }
        connection.Execute(
            $"""
            INSERT INTO queues ({Columns}, created, updated, accessed)
            VALUES ($name, $lock, $deliveries, $ttl, $deadLetter, $window, $session, $size, $metadata, $now, $now, $now)
            """,
            ("$name", options.Name), ("$lock", options.LockDuration.Ticks), ("$deliveries", options.MaxDeliveryCount),
            ("$ttl", options.DefaultMessageTimeToLive.Ticks), ("$deadLetter", options.DeadLetteringOnMessageExpiration),
            ("$window", options.RequiresDuplicateDetection ? options.DuplicateDetectionHistoryTimeWindow.Ticks : null),
            ("$session", options.RequiresSession), (
                "$size", options.MaxSizeInMegabytes << 20), ("$metadata", options.UserMetadata), ("$now", now));
        return new QueueProperties(options);
    }

    public static QueueProperties Get(BrokerConnection connection, string name) =>
        connection.First($"SELECT {Columns} FROM queues WHERE name = $name", Read, ("$name", name)) ?? throw Missing(name);

    public static List<QueueProperties> List(BrokerConnection connection) =>
        connection.List($"SELECT {Columns} FROM queues ORDER BY name", Read);

    public static QueueProperties Update(BrokerConnection connection, QueueProperties queue, long now)
    {
        var updated = connection.Execute(
            """
            UPDATE queues SET lock_duration = $lock, max_delivery_count = $deliveries, default_ttl = $ttl, dead_letter_on_expiry = $deadLetter,
                duplicate_window = iif(duplicate_window IS NULL, NULL, $window), max_size_bytes = $size, user_metadata = $metadata, updated = $now
            WHERE name = $name
            """,
            ("$name", queue.Name), ("$lock", queue.LockDuration.Ticks), ("$deliveries", queue.MaxDeliveryCount),
            ("$ttl", queue.DefaultMessageTimeToLive.Ticks), ("$deadLetter", queue.DeadLetteringOnMessageExpiration),
            ("$window", queue.DuplicateDetectionHistoryTimeWindow.Ticks), ("$size", queue.MaxSizeInMegabytes << 20),
            ("$metadata", queue.UserMetadata), ("$now", now));
        return updated == 1 ? queue : throw Missing(queue.Name);
    }

    public static void Delete(BrokerConnection connection, string name)
    {
        if (connection.Execute("DELETE FROM queues WHERE name = $name", ("$name", name)) == 0)
            throw Missing(name);
    }

    public static QueueRuntimeProperties GetRuntime(BrokerConnection connection, string name, long now)
    {
        var queue = QueueRecord.Require(connection, name);
        Housekeeping.Run(connection, queue, now);
        return connection.First(
            """
            SELECT name, created, updated, size_bytes,
                (SELECT count(*) FROM messages WHERE queue = $queue AND dead_letter = 0 AND state <> 2),
                (SELECT count(*) FROM messages WHERE queue = $queue AND dead_letter = 0 AND state = 2),
                (SELECT count(*) FROM messages WHERE queue = $queue AND dead_letter = 1)
            FROM queues WHERE id = $queue
            """,
            row => new QueueRuntimeProperties(row.GetString(0))
            {
                CreatedAt = BrokerTime.FromTicks(row.GetInt64(1)),
                UpdatedAt = BrokerTime.FromTicks(row.GetInt64(2)),
                SizeInBytes = row.GetInt64(3),
                ActiveMessageCount = row.GetInt64(4),
                ScheduledMessageCount = row.GetInt64(5),
                DeadLetterMessageCount = row.GetInt64(6),
                TotalMessageCount = row.GetInt64(4) + row.GetInt64(5) + row.GetInt64(6),
            },
            ("$queue", queue.Id))!;
    }

    private static QueueProperties Read(SqliteDataReader row)
    {
        var options = new CreateQueueOptions(row.GetString(0))
        {
            LockDuration = TimeSpan.FromTicks(row.GetInt64(1)),
            MaxDeliveryCount = row.GetInt32(2),
            DefaultMessageTimeToLive = TimeSpan.FromTicks(row.GetInt64(3)),
            DeadLetteringOnMessageExpiration = row.GetBoolean(4),
            RequiresDuplicateDetection = !row.IsDBNull(5),
            RequiresSession = row.GetBoolean(6),
            MaxSizeInMegabytes = row.GetInt64(7) >> 20,
            UserMetadata = row.IsDBNull(8) ? null : row.GetString(8),
        };
        if (!row.IsDBNull(5))
            options.DuplicateDetectionHistoryTimeWindow = TimeSpan.FromTicks(row.GetInt64(5));
        return new QueueProperties(options);
    }

    private static ServiceBusException Missing(string name) => new(
        $"The messaging entity '{name}' could not be found.", ServiceBusFailureReason.MessagingEntityNotFound, name);
}
