using System.Diagnostics;
using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmolLM3.Local.BlobServer.Events;
using SmolLM3.Local.BlobServer.Storage;

namespace SmolLM3.Local.BlobServer.Tests;

/// <summary>Whatever kills the process, and whenever: no half blob, no lost blob, no lost announcement.</summary>
public sealed class CrashTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _announced = [];
    private BlobServerHost? _server;

    [Fact]
    public async Task CommittedContent_StillInStaging_IsPutInPlaceAtStart()
    {
        BlobContainerClient documents = await StartAsync();
        await documents.UploadBlobAsync("folder/a", BinaryData.FromString("content"));
        await _server!.DisposeAsync();
        File.Move(_folder.File("documents", "folder", "a"), _folder.File(".meta", "staging", StagedName("folder/a")));
        await File.WriteAllTextAsync(_folder.File(".meta", "staging", "documents~0123456789~1"), "never committed");

        documents = await StartAsync();

        Assert.Equal("content", (await documents.GetBlobClient("folder/a").DownloadContentAsync()).Value.Content.ToString());
        Assert.Equal("folder/a", Assert.Single(await documents.GetBlobsAsync().ToListAsync()).Name);
        Assert.Empty(Directory.GetFiles(_folder.File(".meta", "staging")));
    }

    [Fact]
    public async Task Announcement_OnlyIntended_IsSentIfItsBlobWasCommitted()
    {
        BlobContainerClient documents = await StartAsync(announce: false);
        await documents.UploadBlobAsync("committed", BinaryData.FromString("content"));
        await documents.UploadBlobAsync("uncommitted", BinaryData.FromString("content"));
        await documents.DeleteBlobAsync("uncommitted");
        await _server!.DisposeAsync();
        foreach (string path in Directory.GetFiles(_folder.File(".meta", "outbox"), "*.ready"))
            File.Move(path, Path.ChangeExtension(path, ".intended"));

        await StartAsync();

        await Eventually.HoldsAsync(() => !Directory.EnumerateFiles(_folder.File(".meta", "outbox")).Any());
        Assert.Equal(["/blobServices/default/containers/documents/blobs/committed"], _announced);
    }

    [Fact]
    public async Task Kill_UnderLoad_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new Dictionary<string, string>();
        var random = new Random(11);
        for (int round = 0; round < 2; round++)
        {
            using Process process = ServerProcess.Start(_folder.Path, out string connectionString);
            int last = 10 + random.Next(10);
            BlobContainerClient documents = Clients.Connect(connectionString).GetBlobContainerClient("documents");
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
            {
                for (int i = 0; ; i++)
                {
                    string name = $"{writer}/{i % 5}";
                    string content = $"{round}.{i} " + new string((char)('a' + (i % 26)), 40_000);
                    try
                    {
                        await documents.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);
                        lock (acknowledged)
                            acknowledged[name] = content;
                        if (writer == 0 && i == last)
                            process.Kill();
                    }
                    catch (Exception error) when (error is RequestFailedException or AggregateException or IOException)
                    {
                        // Killed: what was under way may or may not have happened.
                        return;
                    }
                }
            }));
            await process.WaitForExitAsync();
        }

        BlobContainerClient after = await StartAsync();
        foreach (var (name, content) in acknowledged)
        {
            BlobDownloadResult read = await after.GetBlobClient(name).DownloadContentAsync();
            string found = read.Content.ToString();
            Assert.Equal(40_000, found.Length - found.IndexOf(' ', StringComparison.Ordinal) - 1);
            Assert.True(Order(found) >= Order(content), $"{name} went back from {content[..8]} to {found[..8]}");
            Assert.Equal(
                System.Security.Cryptography.MD5.HashData(read.Content.ToArray()),
                (await after.GetBlobClient(name).GetPropertiesAsync()).Value.ContentHash);
        }

        await Eventually.HoldsAsync(() => !Directory.EnumerateFiles(_folder.File(".meta", "outbox")).Any());
        Assert.Superset(
            acknowledged.Keys.Select(name => "/blobServices/default/containers/documents/blobs/" + name).ToHashSet(),
            _announced.ToHashSet());
    }

    [Fact]
    public async Task FullDisk_IsReportedAsSuch_AndChangesNothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here to stand for a full disk.");
        BlobContainerClient documents = await StartAsync(clock: new StoppedClock());
        await documents.UploadBlobAsync("a", BinaryData.FromString("old"));
        long used = Convert.ToInt64(StagedName("a").Split('~')[^1], 16);
        for (long stamp = used + 1; stamp < used + 50; stamp++)
            File.CreateSymbolicLink(_folder.File(".meta", "staging", $"documents~{BlobNames.Key("a")}~{stamp:x}"), "/dev/full");

        var error = await Assert.ThrowsAsync<RequestFailedException>(
            () => documents.GetBlobClient("a").UploadAsync(BinaryData.FromString("new"), overwrite: true));

        Assert.Equal(507, error.Status);
        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", (await documents.GetBlobClient("a").DownloadContentAsync()).Value.Content.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static int Order(string content)
    {
        string[] parts = content[..content.IndexOf(' ', StringComparison.Ordinal)].Split('.');
        return (int.Parse(parts[0]) * 1_000_000) + int.Parse(parts[1]);
    }

    private string StagedName(string blob)
    {
        string key = BlobNames.Key(blob);
        return (string)JsonNode.Parse(File.ReadAllText(_folder.File(".meta", "blobs", "documents", key[..2], key + ".json")))!["Staged"]!;
    }

    private async Task<BlobContainerClient> StartAsync(bool announce = true, TimeProvider? clock = null)
    {
        var options = new BlobServerOptions { Folder = _folder.Path, Port = 0, Containers = ["documents"], WatchInterval = TimeSpan.FromMilliseconds(20) };
        _server = await BlobServerHost.StartAsync(options, announce ? new Recorder(_announced) : null, clock);
        return Clients.Connect(_server.ConnectionString).GetBlobContainerClient("documents");
    }

    private sealed class Recorder(List<string> subjects) : IBlobEventSink
    {
        public Task SendAsync(BlobCreatedEvent created, CancellationToken cancellationToken)
        {
            lock (subjects)
                subjects.Add(created.Subject);
            return Task.CompletedTask;
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
