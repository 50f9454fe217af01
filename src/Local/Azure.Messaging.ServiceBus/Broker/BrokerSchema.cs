using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>The tables of the broker. Times are UTC ticks; a lock is held while its token is set and its time is not over.</summary>
internal static class BrokerSchema
{
    private const int Version = 1;

    private const string Tables = """
        CREATE TABLE queues (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            lock_duration INTEGER NOT NULL,
            max_delivery_count INTEGER NOT NULL,
            default_ttl INTEGER NOT NULL,
            dead_letter_on_expiry INTEGER NOT NULL,
            duplicate_window INTEGER,                 -- NULL: no duplicate detection
            requires_session INTEGER NOT NULL,
            max_size_bytes INTEGER NOT NULL,
            user_metadata TEXT,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            accessed INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL DEFAULT 0,
            size_bytes INTEGER NOT NULL DEFAULT 0
        );

        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            queue INTEGER NOT NULL REFERENCES queues(id) ON DELETE CASCADE,
            dead_letter INTEGER NOT NULL DEFAULT 0,
            sequence INTEGER NOT NULL,
            enqueued_sequence INTEGER NOT NULL,
            state INTEGER NOT NULL,                   -- 0 active, 1 deferred, 2 scheduled
            message_id TEXT NOT NULL,
            session TEXT,
            enqueued INTEGER NOT NULL,
            due INTEGER,                              -- when a scheduled message becomes active
            ttl INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            delivery_count INTEGER NOT NULL DEFAULT 0,
            lock_token TEXT,
            lock_until INTEGER,                       -- NULL for a message held through its session's lock
            session_lock TEXT,
            headers TEXT NOT NULL,
            properties TEXT NOT NULL,
            body BLOB NOT NULL,
            size INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX messages_sequence ON messages (queue, dead_letter, sequence);
        CREATE INDEX messages_available ON messages (queue, dead_letter, sequence) WHERE state = 0 AND lock_token IS NULL;
        CREATE INDEX messages_session ON messages (queue, session, sequence) WHERE state = 0 AND lock_token IS NULL AND dead_letter = 0;
        CREATE INDEX messages_lock ON messages (lock_token) WHERE lock_token IS NOT NULL;
        CREATE INDEX messages_lock_until ON messages (queue, lock_until) WHERE lock_until IS NOT NULL;
        CREATE INDEX messages_session_lock ON messages (session_lock) WHERE session_lock IS NOT NULL;
        CREATE INDEX messages_redelivered ON messages (queue, delivery_count) WHERE delivery_count > 0 AND dead_letter = 0;
        CREATE INDEX messages_due ON messages (queue, due) WHERE state = 2;
        CREATE INDEX messages_expires ON messages (queue, expires) WHERE dead_letter = 0 AND state <> 2;

        CREATE TABLE sessions (
            queue INTEGER NOT NULL REFERENCES queues(id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            lock_token TEXT,
            lock_until INTEGER,
            state BLOB,
            PRIMARY KEY (queue, id)
        );
        CREATE INDEX sessions_lock_until ON sessions (queue, lock_until) WHERE lock_token IS NOT NULL;

        CREATE TABLE duplicates (
            queue INTEGER NOT NULL REFERENCES queues(id) ON DELETE CASCADE,
            message_id TEXT NOT NULL,
            seen INTEGER NOT NULL,
            PRIMARY KEY (queue, message_id)
        ) WITHOUT ROWID;
        CREATE INDEX duplicates_seen ON duplicates (queue, seen);

        CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN
            UPDATE queues SET size_bytes = size_bytes + NEW.size WHERE id = NEW.queue;
        END;
        CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
            UPDATE queues SET size_bytes = size_bytes - OLD.size WHERE id = OLD.queue;
        END;
        """;

    public static void Ensure(BrokerConnection connection, string path)
    {
        EnterWalMode(connection);
        // Opening a file that is there waits for nobody who writes.
        if (connection.Number("PRAGMA user_version") == Version)
            return;
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            var version = connection.Number("PRAGMA user_version");
            if (version == 0)
            {
                connection.Execute(Tables);
                connection.Execute($"PRAGMA user_version = {Version}");
            }
            else if (version != Version)
            {
                throw new ServiceBusException(
                    $"The broker file '{path}' has format {version}, and this version reads format {Version}. " +
                    "Use another file, or delete it if its messages are no longer needed.", ServiceBusFailureReason.GeneralError);
            }
            connection.Execute("COMMIT");
        }
        catch
        {
            if (connection.InTransaction)
                connection.Execute("ROLLBACK");
            throw;
        }
    }

    // Two processes that create the file at the same moment both switch its mode, and SQLite answers the second one "locked" without
    // calling the busy handler. Asking for the whole file does call it: that waits until the other one is done.
    private static void EnterWalMode(BrokerConnection connection)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                connection.Execute("PRAGMA journal_mode = WAL");
                return;
            }
            catch (SqliteException failure) when (attempt < 200 && failure.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
            {
                connection.Execute("BEGIN EXCLUSIVE");
                connection.Execute("ROLLBACK");
            }
        }
    }
}
