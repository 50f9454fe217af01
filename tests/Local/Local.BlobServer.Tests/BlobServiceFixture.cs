using Azure.Storage.Blobs;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>A blob service that a contract test class talks to: ours, or Azurite to show that the tests ask for nothing peculiar.</summary>
public interface IBlobServiceFixture
{
    /// <summary>Why the service cannot run here; null if it can.</summary>
    string? Missing { get; }

    string ConnectionString { get; }
}

public sealed class BlobServerFixture : IBlobServiceFixture, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private BlobServerHost? _server;

    public string? Missing => null;

    public string ConnectionString => _server!.ConnectionString;

    public async ValueTask InitializeAsync() => _server = await BlobServerHost.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>A folder that goes when the test goes.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("smollm3-blobs-").FullName;

    public string Path { get; }

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Clients
{
    /// <summary>A client that reports a failure rather than repeating what failed.</summary>
    public static BlobServiceClient Connect(string connectionString)
    {
        var options = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2023_01_03);
        options.Retry.MaxRetries = 0;
        return new BlobServiceClient(connectionString, options);
    }
}
