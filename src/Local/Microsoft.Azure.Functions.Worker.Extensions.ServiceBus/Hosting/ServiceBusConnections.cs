using Azure.Core;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>
/// One client for each connection that a trigger names, from a connection string or a section with fullyQualifiedNamespace.
/// </summary>
internal sealed class ServiceBusConnections(IConfiguration configuration) : IAsyncDisposable
{
    private const string DefaultConnection = "AzureWebJobsServiceBus";

    private readonly Dictionary<string, ServiceBusClient> _clients = new(StringComparer.OrdinalIgnoreCase);

    public ServiceBusClient Get(string? connection)
    {
        var name = string.IsNullOrEmpty(connection) ? DefaultConnection : connection;
        if (!_clients.TryGetValue(name, out var client))
            _clients.Add(name, client = Create(name));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            await client.DisposeAsync().ConfigureAwait(false);
    }

    private ServiceBusClient Create(string name)
    {
        foreach (var candidate in new[] { name, $"AzureWebJobs{name}", $"ConnectionStrings:{name}" })
        {
            if (configuration[candidate] is { Length: > 0 } connectionString)
                return new ServiceBusClient(connectionString);
            if (configuration[$"{candidate}:fullyQualifiedNamespace"] is { Length: > 0 } fullyQualifiedNamespace)
                return new ServiceBusClient(fullyQualifiedNamespace, new NoCredential());
        }
        throw new InvalidOperationException(
            $"The Service Bus connection '{name}' does not exist. Define the app setting '{name}' (a connection string) or '{name}__fullyQualifiedNamespace'.");
    }

    /// <summary>The local broker asks for no token.</summary>
    private sealed class NoCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The local broker is a file and takes no token.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
