using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Metadata, headers, tags, containers and the account.</summary>
public abstract partial class BlobContractTests
{
    [Fact]
    public async Task Metadata_IsReplacedWhole_AndGivesANewETag()
    {
        BlobClient blob = await PutAsync("meta", "x");
        BlobProperties before = await blob.GetPropertiesAsync();
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        await blob.SetMetadataAsync(
            new Dictionary<string, string> { ["b"] = "3" },
            new BlobRequestConditions { IfMatch = (await blob.GetPropertiesAsync()).Value.ETag });
        BlobProperties after = await blob.GetPropertiesAsync();

        Assert.Equal("3", Assert.Single(after.Metadata).Value);
        Assert.NotEqual(before.ETag, after.ETag);
        await FailsAsync(
            412, "ConditionNotMet",
            () => blob.SetMetadataAsync(new Dictionary<string, string>(), new BlobRequestConditions { IfMatch = before.ETag }));
        Assert.Equal("x", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task HttpHeaders_AreReplacedWhole()
    {
        BlobClient blob = await PutAsync("headers", "x");
        await blob.SetHttpHeadersAsync(new BlobHttpHeaders { ContentType = "text/markdown", ContentLanguage = "de" });
        BlobProperties properties = await blob.GetPropertiesAsync();

        Assert.Equal("text/markdown", properties.ContentType);
        Assert.Equal("de", properties.ContentLanguage);
        Assert.Null(properties.ContentHash);
    }

    [Fact]
    public async Task Tags_RoundTrip()
    {
        BlobClient blob = await PutAsync("tagged", "x");
        await blob.SetTagsAsync(new Dictionary<string, string> { ["state"] = "done", ["batch"] = "b/1" });

        Assert.Equal("b/1", (await blob.GetTagsAsync()).Value.Tags["batch"]);
        Assert.Equal(2, (await blob.GetPropertiesAsync()).Value.TagCount);
    }

    [Fact]
    public async Task Container_LivesAndDies()
    {
        BlobContainerClient container = Service.GetBlobContainerClient("life-" + Guid.NewGuid().ToString("N"));
        await container.CreateAsync(metadata: new Dictionary<string, string> { ["a"] = "1" });
        await FailsAsync(409, "ContainerAlreadyExists", () => container.CreateAsync());
        Assert.Null(await container.CreateIfNotExistsAsync());
        Assert.Equal("1", (await container.GetPropertiesAsync()).Value.Metadata["a"]);
        await container.SetMetadataAsync(new Dictionary<string, string> { ["b"] = "2" });
        await container.UploadBlobAsync("x", BinaryData.FromString("x"));
        var listed = await Service.GetBlobContainersAsync(BlobContainerTraits.Metadata, prefix: container.Name).ToListAsync();
        Assert.Equal("2", Assert.Single(listed).Properties.Metadata["b"]);

        await container.DeleteAsync();
        Assert.False(await container.ExistsAsync());
        await container.CreateAsync();
        Assert.Empty(await container.GetBlobsAsync().ToListAsync());
        await container.DeleteAsync();
    }

    [Fact]
    public async Task WrongKey_IsRefused()
    {
        string wrong = Convert.ToBase64String(Bytes(seed: 4, 64));
        var stranger = Clients.Connect(service.ConnectionString.Replace(BlobServerOptions.WellKnownKey, wrong, StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<RequestFailedException>(
            () => stranger.GetBlobContainerClient(_container.Name).GetPropertiesAsync());
        Assert.Equal(403, error.Status);
    }

    [Fact]
    public async Task Account_TellsItsKind()
    {
        Assert.Equal(AccountKind.StorageV2, (await Service.GetAccountInfoAsync()).Value.AccountKind);
    }
}
