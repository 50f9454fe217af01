using Azure.Core;
using Azure.Messaging.ServiceBus.Broker;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Has nothing to dispose, as the real one, and so opens the broker file for each operation.</summary>
public class ServiceBusAdministrationClient
{
    private readonly BrokerEndpoint? _endpoint;
    private readonly TimeProvider _time = TimeProvider.System;

    protected ServiceBusAdministrationClient()
    {
    }

    public ServiceBusAdministrationClient(string connectionString)
        : this(connectionString, new ServiceBusAdministrationClientOptions())
    {
    }

    public ServiceBusAdministrationClient(string connectionString, ServiceBusAdministrationClientOptions? options)
    {
        _endpoint = BrokerEndpoint.FromConnectionString(connectionString);
        _time = options?.Time ?? _time;
    }

    public ServiceBusAdministrationClient(string fullyQualifiedNamespace, TokenCredential credential)
        : this(fullyQualifiedNamespace, credential, new ServiceBusAdministrationClientOptions())
    {
    }

    public ServiceBusAdministrationClient(
        string fullyQualifiedNamespace, TokenCredential credential, ServiceBusAdministrationClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(credential);
        _endpoint = BrokerEndpoint.FromNamespace(fullyQualifiedNamespace);
        _time = options?.Time ?? _time;
    }

    public virtual Task<Response<QueueProperties>> CreateQueueAsync(string name, CancellationToken cancellationToken = default) =>
        CreateQueueAsync(new CreateQueueOptions(name), cancellationToken);

    public virtual async Task<Response<QueueProperties>> CreateQueueAsync(
        CreateQueueOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var created = await WriteAsync(
            connection => Queues.Create(connection, options, _time.Ticks()), cancellationToken).ConfigureAwait(false);
        return LocalResponse.Of(created, 201);
    }

    public virtual async Task<Response<bool>> QueueExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        var exists = await WriteAsync(
            connection => QueueRecord.Find(connection, name) is not null, cancellationToken).ConfigureAwait(false);
        return LocalResponse.Of(exists, exists ? 200 : 404);
    }

    public virtual async Task<Response<QueueProperties>> GetQueueAsync(string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await WriteAsync(connection => Queues.Get(connection, name), cancellationToken).ConfigureAwait(false));

    public virtual AsyncPageable<QueueProperties> GetQueuesAsync(CancellationToken cancellationToken = default) =>
        new SinglePage<QueueProperties>(() => WriteAsync(Queues.List, cancellationToken));

    public virtual async Task<Response<QueueRuntimeProperties>> GetQueueRuntimePropertiesAsync(
        string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(
            await WriteAsync(connection => Queues.GetRuntime(connection, name, _time.Ticks()), cancellationToken).ConfigureAwait(false));

    public virtual async Task<Response<QueueProperties>> UpdateQueueAsync(
        QueueProperties queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return LocalResponse.Of(
            await WriteAsync(connection => Queues.Update(connection, queue, _time.Ticks()), cancellationToken).ConfigureAwait(false));
    }

    public virtual async Task<Response> DeleteQueueAsync(string name, CancellationToken cancellationToken = default)
    {
        await WriteAsync(
            connection =>
            {
                Queues.Delete(connection, name);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return new LocalResponse(200);
    }

    private async Task<T> WriteAsync<T>(Func<BrokerConnection, T> body, CancellationToken cancellationToken)
    {
        var database = BrokerDatabase.Acquire(_endpoint ?? throw new InvalidOperationException("The client was made without an endpoint."));
        try
        {
            return await database.WriteAsync(body, notify: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            database.Release();
        }
    }

    private sealed class SinglePage<T>(Func<Task<List<T>>> load) : AsyncPageable<T>
        where T : notnull
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            yield return Page<T>.FromValues(await load().ConfigureAwait(false), null, new LocalResponse(200));
        }
    }
}
