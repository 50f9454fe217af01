using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>An open broker file, shared by all clients of this process that name it and closed with the last of them.</summary>
internal sealed class BrokerDatabase
{
    private static readonly Lock Opening = new();
    private static readonly Dictionary<string, BrokerDatabase> Open = new(StringComparer.Ordinal);

    private readonly string _path;
    private readonly BrokerConnection _reader;
    private readonly Lock _reading = new();
    private readonly BrokerWriter _writer;
    private readonly ChangeWatcher _watcher;
    private int _users;

    private BrokerDatabase(string path)
    {
        _path = path;
        var opened = new List<IDisposable>();
        try
        {
            var writing = Keep(BrokerConnection.Open(path));
            BrokerSchema.Ensure(writing, path);
            _reader = Keep(BrokerConnection.Open(path));
            _watcher = new ChangeWatcher(Keep(BrokerConnection.Open(path)));
            _writer = new BrokerWriter(writing, path, _watcher.Signal);
        }
        catch
        {
            opened.ForEach(connection => connection.Dispose());
            throw;
        }

        BrokerConnection Keep(BrokerConnection connection)
        {
            opened.Add(connection);
            return connection;
        }
    }

    public ChangeWatcher Changes => _watcher;

    public static BrokerDatabase Acquire(BrokerEndpoint endpoint)
    {
        lock (Opening)
        {
            if (!Open.TryGetValue(endpoint.Path, out var database))
                Open.Add(endpoint.Path, database = OpenFile(endpoint.Path));
            database._users++;
            return database;
        }
    }

    public void Release()
    {
        lock (Opening)
        {
            if (--_users > 0)
                return;
            Open.Remove(_path);
            _writer.Dispose();
            _watcher.Dispose();
            lock (_reading)
                _reader.Dispose();
        }
    }

    /// <summary>Changes the file in a transaction. <paramref name="notify"/>: whether a receiver may have got work by it.</summary>
    public Task<T> WriteAsync<T>(Func<BrokerConnection, T> body, bool notify, CancellationToken cancellationToken) =>
        _writer.RunAsync(body, notify, cancellationToken);

    public Task WriteAsync(Action<BrokerConnection> body, bool notify, CancellationToken cancellationToken) =>
        _writer.RunAsync(connection =>
        {
            body(connection);
            return true;
        }, notify, cancellationToken);

    /// <summary>Looks at the file without taking the write lock.</summary>
    public T Read<T>(Func<BrokerConnection, T> body)
    {
        lock (_reading)
        {
            try
            {
                return body(_reader);
            }
            catch (SqliteException failure)
            {
                throw StorageErrors.Translate(failure, _path);
            }
        }
    }

    private static BrokerDatabase OpenFile(string path)
    {
        try
        {
            return new BrokerDatabase(path);
        }
        catch (SqliteException failure)
        {
            throw StorageErrors.Translate(failure, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServiceBusException(
                $"The folder of the broker file '{path}' cannot be created: {failure.Message}",
                ServiceBusFailureReason.ServiceCommunicationProblem, innerException: failure);
        }
    }
}
