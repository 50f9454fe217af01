using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmolLM3.Local.BlobServer.Events;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class EventTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Recorder _recorder = new();
    private BlobServerHost? _server;

    [Fact]
    public async Task Upload_IsAnnounced_AsEventGridWould()
    {
        BlobContainerClient documents = await StartAsync();
        BlobContentInfo info = await documents.GetBlobClient("summarize/é 1.pdf").UploadAsync(
            BinaryData.FromString("12345"),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/pdf" } });

        JsonElement sent = Assert.Single(await _recorder.WaitAsync(1));
        JsonElement data = sent.GetProperty("data");

        Assert.Equal("1.0", sent.GetProperty("specversion").GetString());
        Assert.Equal("Microsoft.Storage.BlobCreated", sent.GetProperty("type").GetString());
        Assert.Equal("/blobServices/default/containers/documents/blobs/summarize/é 1.pdf", sent.GetProperty("subject").GetString());
        Assert.EndsWith("/storageAccounts/devstoreaccount1", sent.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.True(Guid.TryParse(sent.GetProperty("id").GetString(), out _));
        Assert.True(sent.GetProperty("time").TryGetDateTimeOffset(out _));
        Assert.Equal("PutBlob", data.GetProperty("api").GetString());
        Assert.Equal(info.ETag.ToString().Trim('"'), data.GetProperty("eTag").GetString());
        Assert.Equal("application/pdf", data.GetProperty("contentType").GetString());
        Assert.Equal(5, data.GetProperty("contentLength").GetInt64());
        Assert.Equal("BlockBlob", data.GetProperty("blobType").GetString());
        Assert.Equal($"{_server!.Endpoint}/documents/summarize/%C3%A9%201.pdf", data.GetProperty("url").GetString());
    }

    [Fact]
    public async Task Overwrite_IsAnnouncedAgain_WithAGreaterSequencer()
    {
        BlobContainerClient documents = await StartAsync();
        BlobClient blob = documents.GetBlobClient("a");
        for (int i = 0; i < 3; i++)
            await blob.UploadAsync(BinaryData.FromString($"{i}"), overwrite: true);

        string[] sequencers = (await _recorder.WaitAsync(3)).Select(sent => sent.GetProperty("data").GetProperty("sequencer").GetString()!)
            .ToArray();
        Assert.Equal(sequencers.Order(StringComparer.Ordinal).Distinct(), sequencers);
    }

    [Fact]
    public async Task BlockList_IsAnnounced_AndOtherChangesAreNot()
    {
        BlobContainerClient documents = await StartAsync();
        await Clients.Connect(_server!.ConnectionString).GetBlobContainerClient("results")
            .UploadBlobAsync("other", BinaryData.FromString("x"));
        BlobClient blob = documents.GetBlobClient("large");
        await blob.UploadAsync(new MemoryStream(new byte[3000]), new BlobUploadOptions
        {
            TransferOptions = new Azure.Storage.StorageTransferOptions { InitialTransferSize = 1000, MaximumTransferSize = 1000 },
        });
        await blob.SetMetadataAsync(new Dictionary<string, string> { ["a"] = "1" });
        await blob.SetHttpHeadersAsync(new BlobHttpHeaders { ContentType = "text/plain" });
        await blob.DeleteAsync();
        await documents.UploadBlobAsync("last", BinaryData.FromString("x"));

        Assert.Equal(
            ["PutBlockList", "PutBlob"],
            (await _recorder.WaitAsync(2)).Select(sent => sent.GetProperty("data").GetProperty("api").GetString()));
    }

    [Fact]
    public async Task DroppedFile_IsAnnouncedOnce_ThenAgainWhenItChanges()
    {
        await StartAsync();
        await File.WriteAllTextAsync(_folder.File("documents", "dropped.md"), "one");
        await _recorder.WaitAsync(1);
        await File.WriteAllTextAsync(_folder.File("documents", "dropped.md"), "changed");

        var sent = await _recorder.WaitAsync(2);
        Assert.Equal([3L, 7L], sent.Select(created => created.GetProperty("data").GetProperty("contentLength").GetInt64()));
        Assert.All(
            sent, created => Assert.EndsWith("/blobs/dropped.md", created.GetProperty("subject").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task FileDroppedWhileStopped_IsAnnouncedAtStart_OthersAreNotRepeated()
    {
        BlobContainerClient documents = await StartAsync();
        await documents.UploadBlobAsync("uploaded", BinaryData.FromString("x"));
        await _recorder.WaitAsync(1);
        await _server!.DisposeAsync();
        await File.WriteAllTextAsync(_folder.File("documents", "dropped"), "y");

        documents = await StartAsync();
        await _recorder.WaitAsync(2);
        await documents.UploadBlobAsync("last", BinaryData.FromString("z"));

        var subjects = (await _recorder.WaitAsync(3)).Select(sent => sent.GetProperty("subject").GetString()!.Split('/')[^1]);
        Assert.Equal(["uploaded", "dropped", "last"], subjects);
    }

    [Fact]
    public async Task Sink_ThatFails_GetsTheSameEventAgain()
    {
        _recorder.FailuresLeft = 2;
        BlobContainerClient documents = await StartAsync();
        await documents.UploadBlobAsync("a", BinaryData.FromString("x"));

        await _recorder.WaitAsync(1);
        Assert.Equal(3, _recorder.Ids.Count);
        Assert.Single(_recorder.Ids.Distinct());
    }

    [Fact]
    public async Task Event_NotTakenBeforeAStop_IsSentAfterTheNextStart()
    {
        BlobContainerClient documents = await StartAsync(withSink: false);
        await documents.UploadBlobAsync("a", BinaryData.FromString("x"));
        await documents.UploadBlobAsync("b", BinaryData.FromString("x"));
        await _server!.DisposeAsync();

        await StartAsync();
        Assert.Equal(["a", "b"], (await _recorder.WaitAsync(2)).Select(sent => sent.GetProperty("subject").GetString()!.Split('/')[^1]));
        await Eventually.HoldsAsync(() => !Directory.EnumerateFiles(_folder.File(".meta", "outbox")).Any());
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<BlobContainerClient> StartAsync(bool withSink = true)
    {
        var options = new BlobServerOptions
        {
            Folder = _folder.Path,
            Port = 0,
            Containers = ["documents", "results"],
            WatchInterval = TimeSpan.FromMilliseconds(20),
            AnnounceRetryDelay = TimeSpan.FromMilliseconds(5),
        };
        _server = await BlobServerHost.StartAsync(options, withSink ? _recorder : null);
        return Clients.Connect(_server.ConnectionString).GetBlobContainerClient("documents");
    }

    private sealed class Recorder : IBlobEventSink
    {
        private readonly List<JsonElement> _sent = [];

        public List<string> Ids { get; } = [];

        public int FailuresLeft { get; set; }

        public Task SendAsync(BlobCreatedEvent created, CancellationToken cancellationToken)
        {
            lock (_sent)
            {
                Ids.Add(created.Id);
                if (FailuresLeft-- > 0)
                    throw new IOException("The queue is away.");
                _sent.Add(JsonSerializer.Deserialize<JsonElement>(created.Body.Span));
            }

            return Task.CompletedTask;
        }

        public async Task<IReadOnlyList<JsonElement>> WaitAsync(int count)
        {
            await Eventually.HoldsAsync(() => Count >= count);
            lock (_sent)
                return [.. _sent];
        }

        private int Count
        {
            get
            {
                lock (_sent)
                    return _sent.Count;
            }
        }
    }
}
