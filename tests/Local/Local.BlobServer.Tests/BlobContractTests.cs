using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class BlobServerContractTests(BlobServerFixture service) : BlobContractTests(service), IClassFixture<BlobServerFixture>;

public sealed class AzuriteContractTests(AzuriteFixture service) : BlobContractTests(service), IClassFixture<AzuriteFixture>;

/// <summary>What this project relies on in a blob service, asked through the real client.</summary>
public abstract partial class BlobContractTests(IBlobServiceFixture service) : IAsyncLifetime
{
    private const int Mebibyte = 1 << 20;
    private BlobContainerClient _container = null!;

    private BlobServiceClient Service { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(service.Missing is not null, service.Missing ?? "");
        Service = Clients.Connect(service.ConnectionString);
        _container = (await Service.CreateBlobContainerAsync("test-" + Guid.NewGuid().ToString("N"))).Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DeleteIfExistsAsync();
        GC.SuppressFinalize(this);
    }

    private async Task<BlobClient> PutAsync(string name, string content, params (string Key, string Value)[] metadata)
    {
        BlobClient blob = _container.GetBlobClient(name);
        await blob.UploadAsync(
            BinaryData.FromString(content),
            new BlobUploadOptions { Metadata = metadata.ToDictionary(pair => pair.Key, pair => pair.Value) });
        return blob;
    }

    private static BlobUploadOptions IfMatch(ETag etag) => new() { Conditions = new BlobRequestConditions { IfMatch = etag } };

    private static string BlockId(int number) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"block-{number:D6}"));

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task FailsAsync<T>(int status, string? code, Func<Task<T>> action)
    {
        var error = await Assert.ThrowsAsync<RequestFailedException>(async () => await action());
        Assert.Equal(status, error.Status);
        if (code is not null)
            Assert.Equal(code, error.ErrorCode);
    }
}
