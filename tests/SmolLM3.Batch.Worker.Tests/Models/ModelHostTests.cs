using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Generation;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker.Tests.Models;

public sealed class ModelHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("smollm3-host-").FullName;

    /// <summary>
    /// Tasks cut documents to this: a chunk that the cache cannot hold would fail its job, however much the model could read.
    /// </summary>
    [Theory]
    [InlineData(100, 100)]
    [InlineData(1_000_000, 16_384)]
    public async Task Info_Context_IsWhatModelAndCacheBothHold(long cacheTokens, int expected)
    {
        ModelConfig config = await MakeCheckpointAsync();
        long perToken = 2L * config.Layers * config.KeyValueHeads * config.HeadSize * sizeof(float);
        var options =
            new ModelOptions { Source = _folder, Device = "cpu", ComputeType = ComputeType.Float32, KvCacheBytes = cacheTokens * perToken };
        await using var host = new ModelHost(
            Options.Create(options), new CheckpointSources(null!), TimeProvider.System, NullLogger<ModelHost>.Instance);

        await host.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, host.Info.ContextLength);
    }

    /// <summary>By the type of the exception the pipeline tells what is the request's own fault: such a line costs no other.</summary>
    [Theory]
    [InlineData("""{"type":"object","patternProperties":{"a":{}}}""")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{},"required":[5]},{"type":"object","properties":{},"required":[null]}]}""")]
    public async Task Complete_SchemaThatIsNotSupported_IsTheRequestsFault(string schema)
    {
        await MakeCheckpointAsync();
        var options = new ModelOptions { Source = _folder, Device = "cpu", ComputeType = ComputeType.Float32, KvCacheBytes = 16 << 20 };
        await using var host = new ModelHost(
            Options.Create(options), new CheckpointSources(null!), TimeProvider.System, NullLogger<ModelHost>.Instance);
        await host.LoadAsync(TestContext.Current.CancellationToken);
        var request = new CompletionRequest { Messages = [ChatMessage.User("x")], MaxTokens = 9, JsonSchema = JsonNode.Parse(schema) };

        await Assert.ThrowsAsync<ArgumentException>(() => host.CompleteAsync(request, TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<ModelConfig> MakeCheckpointAsync()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); ; folder = folder.Parent!)
        {
            string demo = Path.Combine(folder.FullName, "src", "SmolLM3.Batch.Cli", "DemoModel");
            if (!Directory.Exists(demo)) continue;
            foreach (string file in (string[])["config.json", "generation_config.json", "tokenizer.json"])
                File.Copy(Path.Combine(demo, file), Path.Combine(_folder, file));
            var config = ModelConfig.FromJson(demo, await File.ReadAllBytesAsync(Path.Combine(demo, "config.json")));
            await new RandomCheckpoint(config, 5).WriteAsync(_folder, CancellationToken.None);
            return config;
        }
    }
}
