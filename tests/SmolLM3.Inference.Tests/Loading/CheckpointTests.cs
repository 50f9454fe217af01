using SmolLM3.Inference.Tests.Engine;
using SmolLM3.Inference.Tests.Model;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Loading;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData("config.json", "config.json of checkpoint memory: is empty")]
    [InlineData("model.safetensors", "model.safetensors of checkpoint memory: the file is empty")]
    public async Task LoadAsync_EmptyFile_NamesIt(string file, string message)
    {
        var source = await SmallAsync();
        source.Files[file] = [];
        Assert.StartsWith(message, (await LoadErrorAsync(source)).Message);
    }

    [Theory]
    [InlineData("config.json", "is not there")]
    [InlineData("model.safetensors", "neither it nor model.safetensors.index.json is there")]
    public async Task LoadAsync_MissingFile_NamesIt(string file, string message)
    {
        var source = await SmallAsync();
        source.Files.Remove(file);
        Assert.Contains(message, (await LoadErrorAsync(source)).Message);
    }

    [Fact]
    public async Task LoadAsync_ShapesDisagreeWithConfig_NamesTensorAndBothShapes()
    {
        var source = await SmallAsync();
        Change(source, config => config["intermediate_size"] = 96);
        var message = (await LoadErrorAsync(source)).Message;
        Assert.Contains("'model.layers.0.mlp.gate_proj.weight' has shape [64, 32], but the configuration asks for [96, 32]", message);
    }

    [Fact]
    public async Task LoadAsync_LayerMissing_NamesTensor()
    {
        var source = await SmallAsync();
        Change(source, config => (config["num_hidden_layers"], config["no_rope_layers"]) = (5, new JsonArray(1, 1, 1, 0, 1)));
        Assert.Contains("'model.layers.4.input_layernorm.weight' is missing", (await LoadErrorAsync(source)).Message);
    }

    [Fact]
    public async Task LoadAsync_ClaimsAHugeModel_FailsBeforeAllocatingIt()
    {
        var source = await SmallAsync();
        Change(source, config => (config["vocab_size"], config["hidden_size"]) = (int.MaxValue, 1 << 20));
        await LoadErrorAsync(source);
    }

    [Fact]
    public async Task LoadAsync_ShardIsMissing_NamesIndexAndShard()
    {
        using var folder = ReferenceCheckpoint.Open("tiny-untied-sharded");
        var source = await MemoryCheckpoint.OfAsync(folder);
        source.Files.Remove("model-00002-of-00003.safetensors");
        Assert.Contains("in 'model-00002-of-00003.safetensors', which is not there", (await LoadErrorAsync(source)).Message);
    }

    [Fact]
    public async Task LoadAsync_IndexLies_NamesTensorAndFile()
    {
        using var folder = ReferenceCheckpoint.Open("tiny-untied-sharded");
        var source = await MemoryCheckpoint.OfAsync(folder);
        var index = Encoding.UTF8.GetString(source.Files["model.safetensors.index.json"]);
        source.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(
            index.Replace("\"lm_head.weight\": \"model-00001", "\"lm_head.weight\": \"model-00002"));
        Assert.Contains("'lm_head.weight' is not in it", (await LoadErrorAsync(source)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoadAsync_ChecksumStated_IsCompared(bool right)
    {
        var source = await SmallAsync();
        var hash = SHA256.HashData(source.Files["model.safetensors"]);
        source.Sha256["model.safetensors"] = Convert.ToHexString(hash);
        if (!right)
            source.Files["model.safetensors"][^1] ^= 1;
        var options = TestEngine.Options with { VerifyChecksums = true };
        if (right)
            await (await InferenceEngine.LoadAsync(source, options)).DisposeAsync();
        else
            Assert.Contains(
                "SHA-256", (await Assert.ThrowsAsync<CheckpointException>(() => InferenceEngine.LoadAsync(source, options))).Message);
    }

    /// <summary>Shards, a tensor that the model has no use for, types that are converted, and reads that end in any order.</summary>
    [Theory]
    [InlineData("tiny-untied-sharded", ComputeType.Float32, 1)]
    [InlineData("tiny-untied-sharded", ComputeType.BFloat16, 8)]
    [InlineData("tiny-untied-sharded", ComputeType.Float32, 8)]
    public async Task LoadAsync_ChecksumsOfShards_AreTakenOverBytesReadOnce(string name, ComputeType type, int parallelReads)
    {
        using var folder = ReferenceCheckpoint.Open(name);
        var source = await MemoryCheckpoint.OfAsync(folder);
        var shards = source.Files.Keys.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)).ToList();
        foreach (var shard in shards)
            source.Sha256[shard] = Convert.ToHexString(SHA256.HashData(source.Files[shard]));
        var options = TestEngine.Options with { VerifyChecksums = true, ComputeType = type, ParallelReads = parallelReads };
        await (await InferenceEngine.LoadAsync(source, options)).DisposeAsync();
        Assert.All(shards, shard =>
        {
            var header = 8 + BitConverter.ToInt64(source.Files[shard]);
            Assert.Equal(source.Files[shard].Length + header, source.BytesRead[shard]);
        });

        foreach (var shard in shards)
        {
            foreach (var place in (int[])[source.Files[shard].Length / 2, source.Files[shard].Length - 1])
            {
                source.Files[shard][place] ^= 1;
                Assert.Contains(
                    shard, (await Assert.ThrowsAsync<CheckpointException>(() => InferenceEngine.LoadAsync(source, options))).Message);
                source.Files[shard][place] ^= 1;
            }
        }
        await (await InferenceEngine.LoadAsync(source, options)).DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_ChecksumWithUnusedTensors_CountsTheirBytesToo()
    {
        using var folder = ReferenceCheckpoint.Open("tiny-untied-sharded");
        var source = await MemoryCheckpoint.OfAsync(folder);
        Change(source, config => config["tie_word_embeddings"] = true);
        var shard = JsonNode.Parse(source.Files["model.safetensors.index.json"])!["weight_map"]!["lm_head.weight"]!.GetValue<string>();
        source.Sha256[shard] = Convert.ToHexString(SHA256.HashData(source.Files[shard]));
        await (await InferenceEngine.LoadAsync(source, TestEngine.Options with { VerifyChecksums = true })).DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_Progress_EndsAtTheTotal()
    {
        var seen = new List<LoadProgress>();
        var progress = new SynchronousProgress(seen);
        await using var engine = await InferenceEngine.LoadAsync(await SmallAsync(), TestEngine.Options, progress);
        Assert.Equal(seen.Max(step => step.BytesRead), seen[0].TotalBytes);
        Assert.True(seen.Count > 10);
    }

    [Fact]
    public async Task WriteAsync_RandomCheckpoint_LoadsFromItsFolderWithTheSameOutput()
    {
        var folder = Directory.CreateTempSubdirectory("smollm3-");
        try
        {
            var random = new RandomCheckpoint(TestEngine.SmallConfig, 9);
            await random.WriteAsync(folder.FullName);
            using var source = new FolderCheckpointSource(folder.FullName);
            await using var written = await InferenceEngine.LoadAsync(source, TestEngine.Options);
            await using var direct = await InferenceEngine.LoadAsync(random, TestEngine.Options);
            var request = TestEngine.Request([1, 2, 3], 8);
            Assert.Equal((await direct.GenerateAsync(request)).TokenIds, (await written.GenerateAsync(request)).TokenIds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ReadAsync_RandomCheckpointAtAnyOffset_GivesTheSameBytes()
    {
        var source = new RandomCheckpoint(TestEngine.SmallConfig, 4);
        var whole = (await MemoryCheckpoint.OfAsync(source)).Files["model.safetensors"];
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var offset = random.Next(whole.Length);
            var part = new byte[random.Next(Math.Min(200, whole.Length - offset))];
            await source.ReadAsync("model.safetensors", offset, part);
            Assert.True(part.AsSpan().SequenceEqual(whole.AsSpan(offset, part.Length)));
        }
    }

    private static Task<MemoryCheckpoint> SmallAsync() => MemoryCheckpoint.OfAsync(new RandomCheckpoint(TestEngine.SmallConfig, 1));

    private static Task<CheckpointException> LoadErrorAsync(ICheckpointSource source)
        => Assert.ThrowsAsync<CheckpointException>(() => InferenceEngine.LoadAsync(source, TestEngine.Options));

    private static void Change(MemoryCheckpoint source, Action<JsonObject> change)
    {
        var config = JsonNode.Parse(source.Files["config.json"])!.AsObject();
        change(config);
        source.Files["config.json"] = Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    private sealed class SynchronousProgress(List<LoadProgress> seen) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value)
        {
            lock (seen)
                seen.Add(value);
        }
    }
}
