using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Who may write: ETags, create-only, leases, and what is missing.</summary>
public abstract partial class BlobContractTests
{
    [Fact]
    public async Task Upload_CreateOnly_SecondFails()
    {
        BlobClient blob = await PutAsync("manifest.json", "first");
        var createOnly = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };

        await FailsAsync(409, "BlobAlreadyExists", () => blob.UploadAsync(BinaryData.FromString("second"), createOnly));
        await FailsAsync(409, "BlobAlreadyExists", () => blob.UploadAsync(BinaryData.FromString("second")));
        Assert.Equal("first", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Upload_CreateOnlyInBlocks_SecondFails()
    {
        BlobClient blob = await PutAsync("manifest.json", "first");
        BlockBlobClient blocks = _container.GetBlockBlobClient("manifest.json");
        await blocks.StageBlockAsync(BlockId(1), new MemoryStream("second"u8.ToArray()));

        await FailsAsync(409, "BlobAlreadyExists", () => blocks.CommitBlockListAsync(
            [BlockId(1)], new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }));
        Assert.Equal("first", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Upload_WithMatchingETag_Replaces_WithOldOneFails()
    {
        BlobClient blob = await PutAsync("job.json", "accepted");
        ETag first = (await blob.GetPropertiesAsync()).Value.ETag;
        BlobContentInfo second = await blob.UploadAsync(BinaryData.FromString("running"), IfMatch(first));

        Assert.NotEqual(first, second.ETag);
        await FailsAsync(412, "ConditionNotMet", () => blob.UploadAsync(BinaryData.FromString("cancelled"), IfMatch(first)));
        Assert.Equal("running", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Upload_IfMatchOnMissingBlob_Fails() =>
        await FailsAsync(
            412, "ConditionNotMet",
            () => _container.GetBlobClient("none").UploadAsync(BinaryData.FromString("x"), IfMatch(new ETag("\"0x1\""))));

    [Fact]
    public async Task Upload_CreateOnlyInParallel_ExactlyOneWins()
    {
        BlobClient blob = _container.GetBlobClient("contended");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await blob.UploadAsync(BinaryData.FromString($"writer {i}"));
                return i;
            }
            catch (RequestFailedException error) when (error.ErrorCode == "BlobAlreadyExists")
            {
                return -1;
            }
        }));

        int winner = Assert.Single(outcomes, i => i >= 0);
        Assert.Equal($"writer {winner}", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Upload_CompareAndSwapInParallel_LosesNoIncrement()
    {
        BlobClient blob = await PutAsync("counter", "0");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (int done = 0; done < 4;)
            {
                BlobDownloadResult read = await blob.DownloadContentAsync();
                int next = int.Parse(read.Content.ToString()) + 1;
                try
                {
                    await blob.UploadAsync(BinaryData.FromString($"{next}"), IfMatch(read.Details.ETag));
                    done++;
                }
                catch (RequestFailedException error) when (error.Status == 412)
                {
                    // Somebody else was first: read again.
                }
            }
        }));

        Assert.Equal("16", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Download_Conditions_AreKept()
    {
        BlobClient blob = await PutAsync("read", "content");
        BlobProperties properties = await blob.GetPropertiesAsync();

        await FailsAsync(412, "ConditionNotMet", () => blob.DownloadContentAsync(
            new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = new ETag("\"0x1\"") } }));
        await FailsAsync(
            304, "ConditionNotMet", () => blob.GetPropertiesAsync(new BlobRequestConditions { IfNoneMatch = properties.ETag }));
        await FailsAsync(
            304, "ConditionNotMet", () => blob.GetPropertiesAsync(new BlobRequestConditions { IfModifiedSince = properties.LastModified }));
        await FailsAsync(
            412, "ConditionNotMet",
            () => blob.GetPropertiesAsync(new BlobRequestConditions { IfUnmodifiedSince = properties.LastModified.AddSeconds(-10) }));
        Assert.Equal("content", (await blob.DownloadContentAsync(
            new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = properties.ETag } })).Value.Content.ToString());
    }

    [Fact]
    public async Task Missing_BlobOrContainer_IsNamedSo()
    {
        BlobContainerClient nowhere = Service.GetBlobContainerClient("nowhere-at-all");

        await FailsAsync(404, "BlobNotFound", () => _container.GetBlobClient("none").DownloadContentAsync());
        await FailsAsync(404, "BlobNotFound", () => _container.GetBlobClient("none").GetPropertiesAsync());
        await FailsAsync(404, "BlobNotFound", () => _container.GetBlobClient("none").DeleteAsync());
        await FailsAsync(404, "ContainerNotFound", () => nowhere.GetBlobClient("none").DownloadContentAsync());
        await FailsAsync(404, "ContainerNotFound", () => nowhere.GetBlobClient("none").UploadAsync(BinaryData.FromString("x")));
        await FailsAsync(404, "ContainerNotFound", () => nowhere.GetPropertiesAsync());
        await FailsAsync(404, "ContainerNotFound", () => nowhere.GetBlobsAsync().ToListAsync().AsTask());
        Assert.False(await nowhere.ExistsAsync());
        Assert.False(await _container.GetBlobClient("none").ExistsAsync());
        Assert.False(await _container.GetBlobClient("none").DeleteIfExistsAsync());
    }

    [Fact]
    public async Task Delete_WithOldETag_Fails_WithCurrentOneRemoves()
    {
        BlobClient blob = await PutAsync("gone", "x");
        ETag etag = (await blob.GetPropertiesAsync()).Value.ETag;

        await FailsAsync(
            412, "ConditionNotMet", () => blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = new ETag("\"0x1\"") }));
        await blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = etag });
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task Lease_KeepsOthersOut()
    {
        BlobClient blob = await PutAsync("leased", "x");
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        BlobLease held = await lease.AcquireAsync(TimeSpan.FromSeconds(15));

        await FailsAsync(409, "LeaseAlreadyPresent", () => blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(15)));
        await FailsAsync(412, "LeaseIdMissing", () => blob.UploadAsync(BinaryData.FromString("y"), overwrite: true));
        await FailsAsync(412, "LeaseIdMissing", () => blob.DeleteAsync());
        await FailsAsync(
            412, "LeaseIdMismatchWithBlobOperation",
            () => blob.DeleteAsync(conditions: new BlobRequestConditions { LeaseId = Guid.NewGuid().ToString() }));
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["a"] = "1" }, new BlobRequestConditions { LeaseId = held.LeaseId });
        await lease.RenewAsync();
        Assert.Equal(LeaseState.Leased, (await blob.GetPropertiesAsync()).Value.LeaseState);

        await lease.ReleaseAsync();
        await blob.UploadAsync(BinaryData.FromString("z"), overwrite: true);
    }

    [Fact]
    public async Task Lease_Broken_FreesTheBlob()
    {
        BlobClient blob = await PutAsync("leased", "x");
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);

        Assert.Equal(LeaseState.Broken, (await blob.GetPropertiesAsync()).Value.LeaseState);
        await FailsAsync(409, "LeaseIsBrokenAndCannotBeRenewed", () => lease.RenewAsync());
        await blob.DeleteAsync();
    }
}
