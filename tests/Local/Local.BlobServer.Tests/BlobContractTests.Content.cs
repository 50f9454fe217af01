using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Bytes in and out: whole, in blocks, in ranges, copied, checked.</summary>
public abstract partial class BlobContractTests
{
    [Fact]
    public async Task Upload_SmallContent_ReadsBackWithProperties()
    {
        BlobClient blob = _container.GetBlobClient("folder/report.pdf");
        BlobContentInfo uploaded = await blob.UploadAsync(BinaryData.FromString("hello"), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders
            {
                ContentType = "application/pdf", ContentEncoding = "identity", ContentLanguage = "fr", CacheControl = "no-store",
                ContentDisposition = "inline",
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

        BlobDownloadStreamingResult read =
            await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(offset, length) });

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
    public async Task BlockList_KeepsAndAddsBlocks()
    {
        BlockBlobClient blob = _container.GetBlockBlobClient("blocks");
        await blob.StageBlockAsync(BlockId(1), new MemoryStream("one "u8.ToArray()));
        await blob.StageBlockAsync(BlockId(2), new MemoryStream("two "u8.ToArray()));
        await blob.CommitBlockListAsync([BlockId(1), BlockId(2)]);
        await blob.StageBlockAsync(BlockId(3), new MemoryStream("three"u8.ToArray()));
        await blob.CommitBlockListAsync(
            [BlockId(2), BlockId(1), BlockId(3)], new CommitBlockListOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" } });

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

    [Theory]
    [InlineData(StorageChecksumAlgorithm.MD5)]
    [InlineData(StorageChecksumAlgorithm.StorageCrc64)]
    public async Task TransferValidation_ChecksBothWays(StorageChecksumAlgorithm algorithm)
    {
        Assert.SkipWhen(
            service is AzuriteFixture && algorithm == StorageChecksumAlgorithm.StorageCrc64, "Azurite computes no CRC-64 for reads.");
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
}
