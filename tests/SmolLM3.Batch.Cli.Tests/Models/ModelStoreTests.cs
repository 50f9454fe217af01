using SmolLM3.Batch.Cli.Models;

namespace SmolLM3.Batch.Cli.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>From shards to one file: the old index would be read first, and the old weights with it.</summary>
    [Fact]
    public void Complete_FilesOfAnotherCommit_AreRemoved()
    {
        var store = new ModelStore(_folder.Path);
        store.Begin("OWNER/NAME");
        foreach (var file in (string[])["config.json", "model.safetensors", "model.safetensors.index.json", "model.safetensors.abc.part"])
            File.WriteAllText(Path.Combine(store.FolderOf("OWNER/NAME"), file), "");

        store.Complete("OWNER/NAME", "def", ["config.json", "model.safetensors"]);

        Assert.Equal("def", store.RevisionOf("OWNER/NAME"));
        Assert.Equal(
            [".revision", "config.json", "model.safetensors"],
            Directory.EnumerateFiles(store.FolderOf("OWNER/NAME")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }
}
