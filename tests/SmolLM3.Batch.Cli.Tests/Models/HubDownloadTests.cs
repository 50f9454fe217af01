using System.Net;
using System.Security.Cryptography;
using System.Text;
using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.Tests.Models;

public sealed class HubDownloadTests : IDisposable
{
    private static readonly byte[] Weights = RandomNumberGenerator.GetBytes(300_000);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeHub _server = new();

    private static HubFile File => new("model.safetensors", Weights.Length, Convert.ToHexStringLower(SHA256.HashData(Weights)), null);

    private string Target => Path.Combine(_folder.Path, "model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FetchAsync_WholeFile_TakesItsNameOnlyWhenVerified()
    {
        await FetchAsync(File);

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
        Assert.False(System.IO.File.Exists(Target + ".abc.part"));
    }

    [Fact]
    public async Task FetchAsync_PartIsThere_AsksOnlyForTheRest()
    {
        await System.IO.File.WriteAllBytesAsync(Target + ".abc.part", Weights[..100_000]);

        await FetchAsync(File);

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
        Assert.Equal([100_000], _server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_ConnectionBreaks_GoesOnWhereItBroke()
    {
        _server.BreakAfter = 70_000;

        await FetchAsync(File);

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
        Assert.True(_server.Offsets.Count > 1);
        Assert.Equal(_server.Offsets.Distinct(), _server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_ServerIgnoresRanges_StartsOver()
    {
        _server.ServesRanges = false;
        await System.IO.File.WriteAllBytesAsync(Target + ".abc.part", new byte[50_000]);

        await FetchAsync(File);

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task FetchAsync_WrongHash_DeletesWhatArrivedAndSaysSo()
    {
        var error = await Assert.ThrowsAsync<CliException>(() => FetchAsync(File with { Sha256 = new string('0', 64) }));

        Assert.Contains("damaged", error.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task FetchAsync_SmallFile_IsCheckedByItsGitObjectId()
    {
        _server.Content = Encoding.UTF8.GetBytes("{}\n");

        // What `printf '{}\n' | git hash-object --stdin` prints.
        await FetchAsync(new HubFile("config.json", 3, null, "0967ef424bce6791893e9a57bb952f80fd536e93"));
        var error = await Assert.ThrowsAsync<CliException>(() => FetchAsync(new HubFile("other.json", 3, null, new string('1', 40))));

        Assert.Contains("SHA1", error.Message);
    }

    [Fact]
    public async Task FetchAsync_FileIsThere_AsksForNothing()
    {
        await System.IO.File.WriteAllBytesAsync(Target, Weights);

        await FetchAsync(File);

        Assert.Empty(_server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_FileOfTheSameSizeIsOfAnotherRevision_IsReplaced()
    {
        await System.IO.File.WriteAllBytesAsync(Target, new byte[Weights.Length]);

        await FetchAsync(File);

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task FetchAsync_SmallFileOfTheSameSizeIsOfAnotherRevision_IsReplaced()
    {
        var path = _folder.Write("config.json", "[]\n");
        _server.Content = Encoding.UTF8.GetBytes("{}\n");
        var file = new HubFile("config.json", 3, null, "0967ef424bce6791893e9a57bb952f80fd536e93");

        await FetchAsync(file);
        await FetchAsync(file);

        Assert.Equal("{}\n", await System.IO.File.ReadAllTextAsync(path));
        Assert.Equal([0], _server.Offsets);
    }

    [Fact]
    public async Task FetchAsync_HubGivesNoHash_TrustsNoSize()
    {
        await System.IO.File.WriteAllBytesAsync(Target, new byte[Weights.Length]);

        await FetchAsync(File with { Sha256 = null });

        Assert.Equal(Weights, await System.IO.File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task ListAsync_AnotherServerAnswers_SaysWhereTheHubIsNamed()
    {
        _server.Content = Encoding.UTF8.GetBytes("<html>Log in to the network</html>");
        using var hub = new HubClient(new HubEndpoint(new Uri("http://hub.example/"), null), _server);

        var error = await Assert.ThrowsAsync<CliException>(() => hub.ListAsync("owner/name", "main", CancellationToken.None));

        Assert.Contains("http://hub.example/", error.Message);
        Assert.Contains("HF_ENDPOINT", error.Message);
    }

    [Fact]
    public async Task ListAsync_Offline_SaysWhatToDo()
    {
        using var hub = new HubClient(new HubEndpoint(new Uri("http://127.0.0.1:1/"), null));

        var error = await Assert.ThrowsAsync<CliException>(() => hub.ListAsync("owner/name", "main", CancellationToken.None));

        Assert.Contains("cannot be reached", error.Message);
        Assert.Contains("--model DIR", error.Message);
    }

    [Fact]
    public async Task ListAsync_HubAnswer_GivesHashesOfLargeAndSmallFiles()
    {
        _server.Content = Encoding.UTF8.GetBytes("""
            {"sha":"abc","siblings":[{"rfilename":"config.json","size":12,"blobId":"b1"},
             {"rfilename":"model.safetensors","size":9,"blobId":"b2","lfs":{"sha256":"s2","size":9,"pointerSize":135}},
             {"rfilename":"onnx/model.onnx","size":5,"blobId":"b3"}]}
            """);
        using var hub = new HubClient(new HubEndpoint(new Uri("http://hub.example/"), null), _server);

        var (commit, files) = await hub.ListAsync("owner/name", "main", CancellationToken.None);

        Assert.Equal("abc", commit);
        Assert.Equal(
            [new HubFile("config.json", 12, null, "b1"), new HubFile("model.safetensors", 9, "s2", "b2")],
            files.Where(HubDownload.IsNeeded));
    }

    private async Task FetchAsync(HubFile file)
    {
        using var hub = new HubClient(new HubEndpoint(new Uri("http://hub.example/"), null), _server);
        await new HubDownload(hub, "owner/name").FetchAsync("abc", file, _folder.Path, new Progress<long>(), CancellationToken.None);
    }

    private sealed class FakeHub : HttpMessageHandler
    {
        public byte[] Content { get; set; } = Weights;

        public bool ServesRanges { get; set; } = true;

        public int? BreakAfter { get; set; }

        public List<long> Offsets { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var offset = ServesRanges ? request.Headers.Range?.Ranges.Single().From ?? 0 : 0;
            Offsets.Add(offset);
            Stream body = new MemoryStream(Content, (int)offset, Content.Length - (int)offset);
            if (BreakAfter is { } bytes) body = new BreakingStream(body, bytes);
            return Task.FromResult(new HttpResponseMessage(
                offset > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new StreamContent(body) });
        }
    }

    private sealed class BreakingStream(Stream inner, int after) : Stream
    {
        private int _left = after;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0) throw new IOException("The connection was reset.");
            var read = inner.Read(buffer, offset, Math.Min(count, _left));
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
