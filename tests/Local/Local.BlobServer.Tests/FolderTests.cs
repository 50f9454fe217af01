using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>What a person sees who opens the folder, and what the server makes of what that person does there.</summary>
public sealed class FolderTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private BlobServerHost? _server;

    [Fact]
    public async Task Blob_IsAPlainFile()
    {
        BlobContainerClient documents = await StartAsync("documents");
        await documents.UploadBlobAsync("summarize/report.txt", BinaryData.FromString("text"));

        Assert.Equal("text", await File.ReadAllTextAsync(_folder.File("documents", "summarize", "report.txt")));
    }

    [Fact]
    public async Task File_PutByHand_IsABlob()
    {
        BlobContainerClient documents = await StartAsync("documents");
        Directory.CreateDirectory(_folder.File("documents", "summarize"));
        await File.WriteAllTextAsync(_folder.File("documents", "summarize", "by hand.md"), "# hello");

        BlobItem item = Assert.Single(await documents.GetBlobsAsync().ToListAsync());
        BlobDownloadResult read = await documents.GetBlobClient("summarize/by hand.md").DownloadContentAsync();

        Assert.Equal("summarize/by hand.md", item.Name);
        Assert.Equal("# hello", read.Content.ToString());
        Assert.Equal("text/markdown", read.Details.ContentType);
        Assert.Equal(read.Details.ETag, (await documents.GetBlobClient("summarize/by hand.md").GetPropertiesAsync()).Value.ETag);
    }

    [Fact]
    public async Task File_ChangedByHand_HasANewETag()
    {
        BlobContainerClient documents = await StartAsync("documents");
        BlobClient blob = documents.GetBlobClient("a.txt");
        ETag before = (await blob.UploadAsync(BinaryData.FromString("one"))).Value.ETag;
        await File.WriteAllTextAsync(_folder.File("documents", "a.txt"), "changed");

        Assert.Equal("changed", (await blob.DownloadContentAsync()).Value.Content.ToString());
        var error = await Assert.ThrowsAsync<RequestFailedException>(
            () => blob.DeleteAsync(conditions: new BlobRequestConditions { IfMatch = before }));
        Assert.Equal(412, error.Status);
    }

    [Fact]
    public async Task File_DeletedByHand_IsNoBlobAnyMore()
    {
        BlobContainerClient documents = await StartAsync("documents");
        BlobClient blob = documents.GetBlobClient("a.txt");
        await blob.UploadAsync(BinaryData.FromString("one"));
        File.Delete(_folder.File("documents", "a.txt"));

        Assert.False(await blob.ExistsAsync());
        Assert.Empty(await documents.GetBlobsAsync().ToListAsync());
        await blob.UploadAsync(BinaryData.FromString("two"));
    }

    [Fact]
    public async Task File_Hidden_IsNoBlob()
    {
        BlobContainerClient documents = await StartAsync("documents");
        await File.WriteAllTextAsync(_folder.File("documents", ".DS_Store"), "x");

        Assert.Empty(await documents.GetBlobsAsync().ToListAsync());
        Assert.False(await documents.GetBlobClient(".DS_Store").ExistsAsync());
    }

    [Fact]
    public async Task Name_WithDots_StaysInTheFolder()
    {
        BlobContainerClient documents = await StartAsync("documents");
        using var http = new HttpClient();
        // The client library folds dots away; a hostile client would not.
        await documents.SetAccessPolicyAsync(PublicAccessType.Blob);
        await File.WriteAllTextAsync(_folder.File("secret.txt"), "secret");

        foreach (string path in (string[])["..%2Fsecret.txt", "%2E%2E/secret.txt", "x/..%2F..%2Fsecret.txt", "..%5Csecret.txt"])
        {
            var uri = new Uri(
                $"{_server!.Endpoint}/documents/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using HttpResponseMessage answer = await http.GetAsync(uri);
            Assert.Equal(404, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Restart_KeepsEverything()
    {
        BlobContainerClient jobs = await StartAsync("jobs");
        BlobClient blob = jobs.GetBlobClient("1/job.json");
        await blob.UploadAsync(
            BinaryData.FromString("{}"), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        BlobProperties before = await blob.GetPropertiesAsync();
        await jobs.GetBlockBlobClient("2").StageBlockAsync(Convert.ToBase64String("1"u8), new MemoryStream("staged"u8.ToArray()));
        await _server!.DisposeAsync();

        jobs = await StartAsync("jobs");
        BlobProperties after = await jobs.GetBlobClient("1/job.json").GetPropertiesAsync();
        await jobs.GetBlockBlobClient("2").CommitBlockListAsync([Convert.ToBase64String("1"u8)]);

        Assert.Equal(before.ETag, after.ETag);
        Assert.Equal("v", after.Metadata["k"]);
        Assert.Equal("staged", (await jobs.GetBlobClient("2").DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task SecondServer_OnTheSameFolder_IsRefused()
    {
        await StartAsync("documents");
        var error = await Assert.ThrowsAsync<IOException>(() => BlobServerHost.StartAsync(_folder.Path));
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anonymous_Reader_NeedsAPublicContainer()
    {
        BlobContainerClient results = await StartAsync("results");
        await results.UploadBlobAsync("a.html", BinaryData.FromString("x"));
        var anonymous = new BlobContainerClient(results.Uri, new BlobClientOptions(BlobClientOptions.ServiceVersion.V2023_01_03));

        Assert.Equal(
            401, (await Assert.ThrowsAsync<RequestFailedException>(() => anonymous.GetBlobClient("a.html").DownloadContentAsync())).Status);
        await results.SetAccessPolicyAsync(PublicAccessType.Blob);
        Assert.Equal("x", (await anonymous.GetBlobClient("a.html").DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal(401, (await Assert.ThrowsAsync<RequestFailedException>(
            () => anonymous.GetBlobClient("b.html").UploadAsync(BinaryData.FromString("y")))).Status);
    }

    [Fact]
    public async Task Upload_CutOff_LeavesNothing()
    {
        BlobContainerClient documents = await StartAsync("documents");
        await documents.UploadBlobAsync("a", BinaryData.FromString("old"));
        await Assert.ThrowsAnyAsync<Exception>(
            () => documents.GetBlobClient("a").UploadAsync(new FailingStream(2_000_000, failAt: 1_000_000), overwrite: true));

        Assert.Equal("old", (await documents.GetBlobClient("a").DownloadContentAsync()).Value.Content.ToString());
        await Eventually.HoldsAsync(() => !Directory.EnumerateFiles(_folder.File(".meta", "staging")).Any());
    }

    [Fact]
    public async Task Listing_WhileBlobsComeAndGo_NeverFails()
    {
        BlobContainerClient jobs = await StartAsync("jobs");
        await jobs.UploadBlobAsync("stays/a/b", BinaryData.FromString("x"));
        using var done = new CancellationTokenSource();
        Task listing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.Contains(await jobs.GetBlobsAsync().ToListAsync(), item => item.Name == "stays/a/b");
                await jobs.GetBlobsByHierarchyAsync(delimiter: "/", prefix: "goes/").ToListAsync();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (int i = 0; i < 25; i++)
            {
                BlobClient blob = jobs.GetBlobClient($"goes/{i % 3}/{writer}/x");
                await blob.UploadAsync(BinaryData.FromString("x"), overwrite: true);
                await blob.DeleteAsync();
            }
        }));
        await done.CancelAsync();
        await listing;

        Assert.False(Directory.Exists(_folder.File("jobs", "goes")));
    }

    [Fact]
    public async Task Unsupported_Operation_SaysSo()
    {
        BlobContainerClient documents = await StartAsync("documents");
        var error = await Assert.ThrowsAsync<RequestFailedException>(() => documents.GetAppendBlobClient("log").CreateAsync());

        Assert.Equal(501, error.Status);
        Assert.Contains("AppendBlob", error.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<BlobContainerClient> StartAsync(string container)
    {
        _server = await BlobServerHost.StartAsync(new BlobServerOptions { Folder = _folder.Path, Port = 0, Containers = [container] });
        return Clients.Connect(_server.ConnectionString).GetBlobContainerClient(container);
    }

    /// <summary>Breaks off as a client does whose machine loses its connection.</summary>
    private sealed class FailingStream(long length, long failAt) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => _position = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_position >= failAt)
                throw new IOException("The cable was pulled.");
            int read = (int)Math.Min(count, length - _position);
            _position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            _position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

internal static class Eventually
{
    /// <summary>Polls until a condition holds.</summary>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
