using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Engine;

public sealed class LongPromptTests
{
    /// <summary>
    /// The short form of 131,072 tokens at factor 2, of which docs/engine.md tells: past the trained positions, in chunks.
    /// </summary>
    [Fact]
    public async Task GenerateAsync_PromptPastTheTrainedPositions_RunsInChunksWithinItsMemory()
    {
        var config = SmallConfig with { Layers = 2, RopeLayers = [true, false], AttentionHeads = 2, KeyValueHeads = 1, MaxPositionEmbeddings = 4096 };
        await using var engine = await LoadAsync(Options with { PrefixSharing = true, SpeculativeTokens = 0 }, config);
        Assert.Equal(16_384, engine.ContextLength);
        var prompt = Tokens(new Random(1), 8000);
        var result = await engine.GenerateAsync(Request(prompt, 8));
        Assert.Equal(8, result.TokenIds.Count);
        Assert.Equal((8000 + 1023) / 1024 + 7, engine.Statistics.Steps);
        Assert.InRange(engine.Statistics.KvTokensAllocated, 8007, 8008);

        var again = await engine.GenerateAsync(Request(prompt, 8));
        Assert.Equal(result.TokenIds, again.TokenIds);
        Assert.Equal(7999, again.CachedTokens);
    }
}
