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
public abstract class BlobContractTests(IBlobServiceFixture service) : IAsyncLifetime
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

    [Fact]
    public async Task Upload_SmallContent_ReadsBackWithProperties()
    {
        BlobClient blob = _container.GetBlobClient("folder/report.pdf");
        BlobContentInfo uploaded = await blob.UploadAsync(BinaryData.FromString("hello"), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders
            {
                ContentType = "application/pdf", ContentEncoding = "identity", ContentLanguage = "fr", CacheControl = "no-store", ContentDisposition = "inline",
            },
            Metadata = new Dictionary<string, string> { ["task"] = "summarize", ["Owner"] = "a b" },
        });

        BlobDownloadResult read = await blob.DownloadContentAsync();
        BlobProperties properties = await blob.GetPropertiesAsync();

        Assert.Equal("hello", read.Content.ToString());
        Assert.Equal(uploaded.ETag, read.Details.ETag);
        Assert.Equal(uploaded.ETag, properties.ETag);
        Assert.Equal(5, properties.ContentLength);
        Assert.Equal("application/pdf", properties.ContentType);
        Assert.Equal("identity", properties.ContentEncoding);
        Assert.Equal("fr", properties.ContentLanguage);
        Assert.Equal("no-store", properties.CacheControl);
        Assert.Equal("inline", properties.ContentDisposition);
        Assert.Equal(BlobType.Block, properties.BlobType);
        Assert.Equal("summarize", properties.Metadata["task"]);
        Assert.Equal("a b", properties.Metadata["owner"]);
        Assert.Equal(System.Security.Cryptography.MD5.HashData("hello"u8), properties.ContentHash);
        Assert.Equal(LeaseState.Available, properties.LeaseState);
    }

    [Fact]
    public async Task Upload_Nothing_MakesAnEmptyBlob()
    {
        BlobClient blob = _container.GetBlobClient("empty");
        await blob.UploadAsync(BinaryData.FromString(""));

        Assert.Empty((await blob.DownloadContentAsync()).Value.Content.ToArray());
        using var stream = new MemoryStream();
        await blob.DownloadToAsync(stream);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public async Task Upload_InBlocks_ReadsBackInParallelRanges()
    {
        byte[] content = Bytes(seed: 1, 5 * Mebibyte + 17);
        BlobClient blob = _container.GetBlobClient("large.bin");
        await blob.UploadAsync(new MemoryStream(content), new BlobUploadOptions
        {
            TransferOptions = new StorageTransferOptions { InitialTransferSize = Mebibyte, MaximumTransferSize = Mebibyte, MaximumConcurrency = 4 },
        });

        using var stream = new MemoryStream();
        await blob.DownloadToAsync(stream, transferOptions: new StorageTransferOptions
        {
            InitialTransferSize = Mebibyte / 2, MaximumTransferSize = Mebibyte / 2, MaximumConcurrency = 4,
        });

        Assert.Equal(content, stream.ToArray());
        BlockList blocks = await _container.GetBlockBlobClient("large.bin").GetBlockListAsync(BlockListTypes.All);
        Assert.Equal(6, blocks.CommittedBlocks.Count());
        Assert.Empty(blocks.UncommittedBlocks);
    }

    [Fact]
    public async Task OpenWrite_And_OpenRead_StreamThrough()
    {
        byte[] content = Bytes(seed: 2, Mebibyte);
        BlobClient blob = _container.GetBlobClient("streamed");
        await using (Stream writer = await blob.OpenWriteAsync(overwrite: true, new BlobOpenWriteOptions { BufferSize = 300_000 }))
            await writer.WriteAsync(content);

        await using Stream reader = await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = 200_000 });
        using var copy = new MemoryStream();
        await reader.CopyToAsync(copy);
        Assert.Equal(content, copy.ToArray());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 5)]
    [InlineData(7, 100)]
    public async Task Download_Range_ReturnsJustThat(int offset, int length)
    {
        BlobClient blob = await PutAsync("ranges", "0123456789");

        BlobDownloadStreamingResult read = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(offset, length) });

        int expected = Math.Min(length, 10 - offset);
        Assert.Equal("0123456789".Substring(offset, expected), await new StreamReader(read.Content).ReadToEndAsync());
        Assert.Equal($"bytes {offset}-{offset + expected - 1}/10", read.Details.ContentRange);
    }

    [Fact]
    public async Task Download_RangeBeyondEnd_Fails()
    {
        BlobClient blob = await PutAsync("ranges", "0123456789");
        await FailsAsync(416, "InvalidRange", () => blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(20, 1) }));
    }

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
        await FailsAsync(412, "ConditionNotMet", () => _container.GetBlobClient("none").UploadAsync(BinaryData.FromString("x"), IfMatch(new ETag("\"0x1\""))));

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

        await FailsAsync(412, "ConditionNotMet", () => blob.DownloadContentAsync(new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = new ETag("\"0x1\"") } }));
        await FailsAsync(304, "ConditionNotMet", () => blob.GetPropertiesAsync(new BlobRequestConditions { IfNoneMatch = properties.ETag }));
        await FailsAsync(304, "ConditionNotMet", () => blob.GetPropertiesAsync(new BlobRequestConditions { IfModifiedSince = properties.LastModified }));
        await FailsAsync(412, "ConditionNotMet", () => blob.GetPropertiesAsync(new BlobRequestConditions { IfUnmodifiedSince = properties.LastModified.AddSeconds(-10) }));
        Assert.Equal("content", (await blob.DownloadContentAsync(new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = properties.ETag } })).Value.Content.ToString());
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
    public async Task Metadata_IsReplacedWhole_AndGivesANewETag()
    {
        BlobClient blob = await PutAsync("meta", "x");
        BlobProperties before = await blob.GetPropertiesAsync();
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["b"] = "3" }, new BlobRequestConditions { IfMatch = (await blob.GetPropertiesAsync()).Value.ETag });
        BlobProperties after = await blob.GetPropertiesAsync();

        Assert.Equal("3", Assert.Single(after.Metadata).Value);
        Assert.NotEqual(before.ETag, after.ETag);
        await FailsAsync(412, "ConditionNotMet", () => blob.SetMetadataAsync(new Dictionary<string, string>(), new BlobRequestConditions { IfMatch = before.ETag }));
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
    public async Task Delete_WithOldETag_Fails_WithCurrentOneRemoves()
    {
        BlobClient blob = await PutAsync("gone", "x");
        ETag etag = (await blob.GetPropertiesAsync()).Value.ETag;

        await FailsAsync(412, "ConditionNotMet", () => blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = new ETag("\"0x1\"") }));
        await blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = etag });
        Assert.False(await blob.ExistsAsync());
    }

    [Fact]
    public async Task List_Flat_IsOrderedAndPaged()
    {
        string[] names = ["a", "a-b", "a/b", "a/c/d", "a.txt", "b/1", "b/2", "B", "z", "ä"];
        foreach (string name in names)
            await PutAsync(name, name);

        var pages = new List<string[]>();
        await foreach (Page<BlobItem> page in _container.GetBlobsAsync().AsPages(pageSizeHint: 3))
            pages.Add(page.Values.Select(item => item.Name).ToArray());

        Assert.All(pages.SkipLast(1), page => Assert.Equal(3, page.Length));
        Assert.Equal(names.Order(StringComparer.Ordinal), pages.SelectMany(page => page));
    }

    [Fact]
    public async Task List_WithPrefixAndTraits_TellsSizeAndMetadata()
    {
        await PutAsync("a/other", "x");
        BlobClient blob = await PutAsync("jobs/1/job.json", "12345", ("state", "running"));

        BlobItem item = Assert.Single(await _container.GetBlobsAsync(BlobTraits.Metadata, prefix: "jobs/1/").ToListAsync());

        Assert.Equal("jobs/1/job.json", item.Name);
        Assert.Equal(5, item.Properties.ContentLength);
        Assert.Equal("running", item.Metadata["state"]);
        Assert.Equal($"{(await blob.GetPropertiesAsync()).Value.ETag}".Trim('"'), $"{item.Properties.ETag}".Trim('"'));
        Assert.Equal(BlobType.Block, item.Properties.BlobType);
        Assert.Empty(await _container.GetBlobsAsync(prefix: "jobs/2").ToListAsync());
    }

    [Fact]
    public async Task List_ByHierarchy_FoldsFolders()
    {
        foreach (string name in (string[])["a", "b/1", "b/2", "b/c/3", "b.txt", "d/e/f"])
            await PutAsync(name, "x");

        var top = new List<string>();
        await foreach (Page<BlobHierarchyItem> page in _container.GetBlobsByHierarchyAsync(delimiter: "/").AsPages(pageSizeHint: 2))
            top.AddRange(page.Values.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name));
        var inner = await _container.GetBlobsByHierarchyAsync(delimiter: "/", prefix: "b/").ToListAsync();

        Assert.Equal(["a", "b.txt", "b/", "d/"], top.Order(StringComparer.Ordinal));
        Assert.Equal(["b/1", "b/2", "b/c/"], inner.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("naïve résumé.pdf")]
    [InlineData("合同/第一份 协议.md")]
    [InlineData("🦙 emoji & ampersand <tag> \"quoted\" 'single'")]
    [InlineData("percent%41%2Fplus+and space")]
    [InlineData("UPPER/lower/Upper")]
    [InlineData(".hidden/.file")]
    [InlineData("trailing.")]
    [InlineData("con?query=1#fragment:colon|pipe*star")]
    [InlineData("deep/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p")]
    public async Task Names_OfAnyKind_RoundTrip(string name)
    {
        BlobClient blob = await PutAsync(name, name);

        Assert.Equal(name, (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(name, Assert.Single(await _container.GetBlobsAsync().ToListAsync()).Name);
        await blob.DeleteAsync();
        Assert.Empty(await _container.GetBlobsAsync().ToListAsync());
    }

    [Fact]
    public async Task Names_OfGreatLength_RoundTrip()
    {
        string[] names = [new('x', 1024), string.Join('/', Enumerable.Repeat(new string('y', 100), 10)), new('é', 400)];
        foreach (string name in names)
            await PutAsync(name, name);

        Assert.Equal(names.Order(StringComparer.Ordinal), await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());
        foreach (string name in names)
            Assert.Equal(name, (await _container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task Names_ThatDifferInCaseOrNest_AreDifferentBlobs()
    {
        string[] names = ["Report", "report", "report/a", "report/a/b"];
        foreach (string name in names)
            await PutAsync(name, name);

        foreach (string name in names)
            Assert.Equal(name, (await _container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(names, await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());

        await _container.GetBlobClient("report").DeleteAsync();
        Assert.Equal(["Report", "report/a", "report/a/b"], await _container.GetBlobsAsync().Select(item => item.Name).ToListAsync());
    }

    [Fact]
    public async Task BlockList_KeepsAndAddsBlocks()
    {
        BlockBlobClient blob = _container.GetBlockBlobClient("blocks");
        await blob.StageBlockAsync(BlockId(1), new MemoryStream("one "u8.ToArray()));
        await blob.StageBlockAsync(BlockId(2), new MemoryStream("two "u8.ToArray()));
        await blob.CommitBlockListAsync([BlockId(1), BlockId(2)]);
        await blob.StageBlockAsync(BlockId(3), new MemoryStream("three"u8.ToArray()));
        await blob.CommitBlockListAsync([BlockId(2), BlockId(1), BlockId(3)], new CommitBlockListOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" } });

        Assert.Equal("two one three", (await blob.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("v", (await blob.GetPropertiesAsync()).Value.Metadata["k"]);
        await FailsAsync(400, "InvalidBlockList", () => blob.CommitBlockListAsync([BlockId(9)]));
    }

    [Fact]
    public async Task BlockList_Uncommitted_IsNoBlobYet()
    {
        BlockBlobClient blob = _container.GetBlockBlobClient("staged");
        await blob.StageBlockAsync(BlockId(1), new MemoryStream("one"u8.ToArray()));

        Assert.False(await blob.ExistsAsync());
        Assert.Equal(3, Assert.Single((await blob.GetBlockListAsync(BlockListTypes.Uncommitted)).Value.UncommittedBlocks).SizeLong);
    }

    [Fact]
    public async Task Copy_WithinTheAccount_CarriesContentAndProperties()
    {
        BlobClient source = await PutAsync("source", "content", ("a", "1"));
        await source.SetHttpHeadersAsync(new BlobHttpHeaders { ContentType = "text/html" });
        BlobClient target = _container.GetBlobClient("copies/target");

        CopyFromUriOperation copy = await target.StartCopyFromUriAsync(source.Uri);
        await copy.WaitForCompletionAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None);

        BlobProperties properties = await target.GetPropertiesAsync();
        Assert.Equal("content", (await target.DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("text/html", properties.ContentType);
        Assert.Equal("1", properties.Metadata["a"]);
        Assert.Equal(CopyStatus.Success, properties.CopyStatus);
        await FailsAsync(404, null, () => target.StartCopyFromUriAsync(_container.GetBlobClient("none").Uri));
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
        await FailsAsync(412, "LeaseIdMismatchWithBlobOperation", () => blob.DeleteAsync(conditions: new BlobRequestConditions { LeaseId = Guid.NewGuid().ToString() }));
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

    [Theory]
    [InlineData(StorageChecksumAlgorithm.MD5)]
    [InlineData(StorageChecksumAlgorithm.StorageCrc64)]
    public async Task TransferValidation_ChecksBothWays(StorageChecksumAlgorithm algorithm)
    {
        Assert.SkipWhen(service is AzuriteFixture && algorithm == StorageChecksumAlgorithm.StorageCrc64, "Azurite computes no CRC-64 for reads.");
        byte[] content = Bytes(seed: 3, 70_001);
        BlobClient blob = _container.GetBlobClient("checked");
        await blob.UploadAsync(new MemoryStream(content), new BlobUploadOptions
        {
            TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = algorithm },
            TransferOptions = new StorageTransferOptions { InitialTransferSize = 30_000, MaximumTransferSize = 30_000 },
        });

        BlobDownloadResult read = await blob.DownloadContentAsync(new BlobDownloadOptions
        {
            TransferValidation = new DownloadTransferValidationOptions { ChecksumAlgorithm = algorithm, AutoValidateChecksum = true },
            Range = new HttpRange(0, 65_000),
        });
        Assert.Equal(content[..65_000], read.Content.ToArray());
    }

    [Fact]
    public async Task Block_WithWrongMd5_IsNotKept()
    {
        BlockBlobClient blob = _container.GetBlockBlobClient("checked");
        await FailsAsync(400, code: null, () => blob.StageBlockAsync(BlockId(1), new MemoryStream("content"u8.ToArray()), new BlockBlobStageBlockOptions
        {
            TransferValidation = new UploadTransferValidationOptions { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5, PrecalculatedChecksum = new byte[16] },
        }));
        await FailsAsync(404, "BlobNotFound", () => blob.GetBlockListAsync());
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

        var error = await Assert.ThrowsAsync<RequestFailedException>(() => stranger.GetBlobContainerClient(_container.Name).GetPropertiesAsync());
        Assert.Equal(403, error.Status);
    }

    [Fact]
    public async Task Account_TellsItsKind()
    {
        Assert.Equal(AccountKind.StorageV2, (await Service.GetAccountInfoAsync()).Value.AccountKind);
    }

    private async Task<BlobClient> PutAsync(string name, string content, params (string Key, string Value)[] metadata)
    {
        BlobClient blob = _container.GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromString(content), new BlobUploadOptions { Metadata = metadata.ToDictionary(pair => pair.Key, pair => pair.Value) });
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
