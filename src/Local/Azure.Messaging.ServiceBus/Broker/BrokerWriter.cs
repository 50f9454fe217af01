using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>
/// The one place in a process that changes the broker file. Operations that arrive together share a transaction
/// (group commit); each is acknowledged only after the commit, and one that fails undoes itself alone.
/// </summary>
internal sealed class BrokerWriter : IDisposable
{
    private const int MaxGroup = 64;

    private readonly BlockingCollection<Operation> _operations = [];
    private readonly BrokerConnection _connection;
    private readonly string _path;
    private readonly Action _changed;
    private readonly Thread _thread;

    public BrokerWriter(BrokerConnection connection, string path, Action changed)
    {
        _connection = connection;
        _path = path;
        _changed = changed;
        _thread = new Thread(Run) { IsBackground = true, Name = "Service Bus broker" };
        _thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="body"/> in a transaction. It may be called again after a storage failure, so it must have no
    /// effect but on the connection. Cancelling counts only until it starts: what was locked must reach the caller.
    /// </summary>
    public Task<T> RunAsync<T>(Func<BrokerConnection, T> body, bool notify, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var operation = new Operation<T>(body, notify, cancellationToken);
        try
        {
            _operations.Add(operation, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(ServiceBusClient), "The client was closed before the operation started.");
        }
        return operation.Result;
    }

    public void Dispose()
    {
        _operations.CompleteAdding();
        _thread.Join();
        _operations.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        var group = new List<Operation>();
        foreach (var first in _operations.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < MaxGroup && _operations.TryTake(out var next))
                group.Add(next);

            if (!TryCommit(group))
            {
                foreach (var operation in group)
                    TryCommit([operation]);
            }
            if (group.Exists(operation => operation.Notify))
                _changed();
        }
    }

    private bool TryCommit(List<Operation> group)
    {
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (var operation in group)
                Attempt(operation);
            _connection.Execute("COMMIT");
        }
        catch (SqliteException failure)
        {
            if (_connection.InTransaction)
                _connection.Execute("ROLLBACK");
            if (group.Count > 1)
                return false;
            group[0].Fail(StorageErrors.Translate(failure, _path));
            return true;
        }
        foreach (var operation in group)
            operation.Publish();
        return true;
    }

    private void Attempt(Operation operation)
    {
        _connection.Execute("SAVEPOINT operation");
        if (!operation.Attempt(_connection))
            _connection.Execute("ROLLBACK TO operation");
        _connection.Execute("RELEASE operation");
    }

    private abstract class Operation(bool notify)
    {
        public bool Notify => notify;

        public abstract bool Attempt(BrokerConnection connection);

        public abstract void Publish();

        public abstract void Fail(Exception failure);
    }

    private sealed class Operation<T>(Func<BrokerConnection, T> body, bool notify, CancellationToken cancellationToken) : Operation(notify)
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _failure;

        public Task<T> Result => _completion.Task;

        public override bool Attempt(BrokerConnection connection)
        {
            _failure = null;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                _value = body(connection);
                return true;
            }
            catch (Exception failure) when (failure is not SqliteException)
            {
                _failure = failure;
                return false;
            }
        }

        public override void Publish()
        {
            if (_failure is OperationCanceledException && cancellationToken.IsCancellationRequested)
                _completion.SetCanceled(cancellationToken);
            else if (_failure is not null)
                _completion.SetException(_failure);
            else
                _completion.SetResult(_value!);
        }

        public override void Fail(Exception failure) => _completion.SetException(failure);
    }
}
