using Azure.Storage.Blobs.Models;
using SmolLM3.Batch.Pipeline.Tests.Support;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker.Tests.Models;

public class BlobCheckpointSourceTests
{
    [Fact]
    public async Task ReadAsync_AnyRange_EqualsTheFile()
    {
        await using var stack = await LocalStack.StartAsync();
        var container = stack.Blobs.GetBlobContainerClient("models");
        var content = new byte[20_000_000];
        new Random(4).NextBytes(content);
        await container.GetBlobClient("org/m/model.safetensors").UploadAsync(
            new BinaryData(content), new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["sha256"] = "ab" } });
        await container.GetBlobClient("org/m/config.json").UploadAsync(BinaryData.FromString("{}"));
        await container.GetBlobClient("org/model-2/config.json").UploadAsync(BinaryData.FromString("{}"));
        var source = new BlobCheckpointSource(container, "org/m");

        Assert.Equal(
            [new CheckpointFile("config.json", 2), new CheckpointFile("model.safetensors", content.Length, "ab")],
            (await source.ListFilesAsync()).OrderBy(file => file.Name));
        foreach (var (offset, length) in new[] { (0, content.Length), (1, 8 << 20), (12_345_678, 1), (content.Length - 5, 5), (7, 0), (3, (8 << 20) + 1) })
        {
            var read = new byte[length];
            await source.ReadAsync("model.safetensors", offset, read);
            Assert.True(read.AsSpan().SequenceEqual(content.AsSpan(offset, length)), $"{length} bytes at {offset}");
        }
        await Assert.ThrowsAsync<EndOfStreamException>(
            async () => await source.ReadAsync("model.safetensors", content.Length - 5, new byte[6]));
        await Assert.ThrowsAsync<EndOfStreamException>(
            async () => await source.ReadAsync("model.safetensors", content.Length + 5, new byte[6]));
        var missing =
            await Assert.ThrowsAsync<DirectoryNotFoundException>(() => new BlobCheckpointSource(container, "org/none").ListFilesAsync());
        Assert.Contains("org/none", missing.Message);
    }

    [Fact]
    public async Task Fingerprint_TellsCheckpointsOfOneShapeApart()
    {
        var folder = Directory.CreateTempSubdirectory("checkpoint").FullName;
        try
        {
            var content = new byte[300_000];
            await WriteAsync(content);
            var first = await OfAsync();
            Assert.Equal(first, await OfAsync());
            content[^1] = 1;
            await WriteAsync(content);
            Assert.NotEqual(first, await OfAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task WriteAsync(byte[] content) => File.WriteAllBytesAsync(Path.Combine(folder, "model.safetensors"), content);

        async Task<string> OfAsync()
        {
            using var source = new FolderCheckpointSource(folder);
            return await CheckpointFingerprint.OfAsync(source, default);
        }
    }
}
