using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Makes clients from configuration, by the names that Azure Functions uses for its connections.</summary>
public static class Connections
{
    /// <summary>Name of the Service Bus connection.</summary>
    public const string ServiceBus = "ServiceBus";

    /// <summary>Name of the storage connection.</summary>
    public const string Storage = "Storage";

    /// <summary>The namespace in <c>ServiceBus</c> (a connection string) or <c>ServiceBus:fullyQualifiedNamespace</c>.</summary>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public static ServiceBusClient CreateServiceBusClient(IConfiguration configuration)
    {
        if (configuration[ServiceBus] is { Length: > 0 } connectionString)
            return new ServiceBusClient(connectionString);
        if (configuration[$"{ServiceBus}:fullyQualifiedNamespace"] is { Length: > 0 } host)
            return new ServiceBusClient(host, TokenCredentials.For(configuration, ServiceBus));
        throw Missing(ServiceBus, "fullyQualifiedNamespace", "contoso.servicebus.windows.net");
    }

    /// <summary>The account in <c>Storage</c> (a connection string) or <c>Storage:blobServiceUri</c>.</summary>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public static BlobServiceClient CreateBlobServiceClient(IConfiguration configuration, BlobClientOptions? options = null)
    {
        if (configuration[Storage] is { Length: > 0 } connectionString)
            return new BlobServiceClient(connectionString, options ?? StorageDefaults());
        if (configuration[$"{Storage}:blobServiceUri"] is { Length: > 0 } uri)
            return new BlobServiceClient(new Uri(uri), TokenCredentials.For(configuration, Storage), options ?? StorageDefaults());
        throw Missing(Storage, "blobServiceUri", "https://contoso.blob.core.windows.net");
    }

    private static BlobClientOptions StorageDefaults()
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 5;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(100);
        return options;
    }

    private static InvalidOperationException Missing(string name, string property, string example) => new(
        $"The connection '{name}' is not configured. Set '{name}' to a connection string, or '{name}:{property}' "
        + $"(environment: {name}__{property}) to for example {example} to use the managed identity.");
}
