using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>SQLite's failures in the terms of Service Bus, with the cause and the remedy.</summary>
internal static class StorageErrors
{
    public static ServiceBusException Translate(SqliteException failure, string path)
    {
        var (transient, reason, text) = failure.SqliteErrorCode switch
        {
            SQLITE_BUSY or SQLITE_LOCKED => (true, ServiceBusFailureReason.ServiceBusy,
                $"The broker file '{path}' stayed locked by another process. Retry; if it persists, look for a process that is stopped in a debugger."),
            SQLITE_FULL => (false, ServiceBusFailureReason.QuotaExceeded,
                $"The disk that holds the broker file '{path}' is full; the operation was not carried out. Free space and retry."),
            SQLITE_CANTOPEN or SQLITE_READONLY or SQLITE_PERM => (false, ServiceBusFailureReason.ServiceCommunicationProblem,
                $"The broker file '{path}' cannot be opened for writing. Check that the folder exists and is writable."),
            SQLITE_NOTADB or SQLITE_CORRUPT => (false, ServiceBusFailureReason.GeneralError,
                $"The file '{path}' is not a broker file, or is damaged. Name another file in the connection string."),
            SQLITE_IOERR => (true, ServiceBusFailureReason.ServiceCommunicationProblem,
                $"Reading or writing the broker file '{path}' failed. Check the disk, and that there is space left on it."),
            _ => (false, ServiceBusFailureReason.GeneralError, $"The broker file '{path}' failed."),
        };
        return new ServiceBusException(transient, $"{text} SQLite says: {failure.Message}", null, reason, failure);
    }
}
