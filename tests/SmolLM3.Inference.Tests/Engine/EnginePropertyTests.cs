using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Engine;

/// <summary>However a completion is computed, it is the same.</summary>
public sealed class EnginePropertyTests
{
    private static readonly EngineOptions Plain = Options with { PrefixSharing = false, SpeculativeTokens = 0 };

    [Theory]
    [InlineData(ComputeType.Float32)]
    [InlineData(ComputeType.BFloat16)]
    public async Task BatchMatchesSingle(ComputeType type)
    {
        var requests = Mixed(new Random(1), 12);
        await using var engine = await LoadAsync(Plain with { ComputeType = type });
        var expected = await OneByOneAsync(engine, requests);
        AssertSameTokens(expected, await TogetherAsync(engine, requests));
        Assert.True(engine.Statistics.Steps < 2 * expected.Sum(result => result.TokenIds.Count));
    }

    [Fact]
    public async Task ChunkedMatchesWhole()
    {
        var requests = Mixed(new Random(2), 6, longest: 200);
        await using var whole = await LoadAsync(Plain);
        await using var chunked = await LoadAsync(Plain with { MaxStepTokens = 16 });
        AssertSameTokens(await OneByOneAsync(whole, requests), await TogetherAsync(chunked, requests));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(700)]
    public async Task SharedPrefixMatchesUnshared(int prefixLength)
    {
        var random = new Random(3);
        var document = Tokens(random, prefixLength);
        List<GenerationRequest> requests = [.. Mixed(random, 6).Select(request => request with { Prompt = [.. document, .. request.Prompt] })];
        await using var unshared = await LoadAsync(Plain);
        await using var shared = await LoadAsync(Plain with { PrefixSharing = true });
        var expected = await OneByOneAsync(unshared, requests);

        var together = await TogetherAsync(shared, requests);
        AssertSameTokens(expected, together);
        Assert.True(together.Skip(1).All(result => result.CachedTokens >= prefixLength || prefixLength < 256));

        var later = await OneByOneAsync(shared, requests);
        AssertSameTokens(expected, later);
        Assert.All(later, result => Assert.Equal(result.PromptTokens - 1, result.CachedTokens));
    }

    [Fact]
    public async Task SharedPrefix_LongDocument_TakesItsMemoryOnce()
    {
        var random = new Random(4);
        var document = Tokens(random, 1000);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 8).Select(_ => Request([.. document, .. Tokens(random, 20)], 8))];
        await using var engine = await LoadAsync(Plain with { PrefixSharing = true });
        await TogetherAsync(engine, requests);
        Assert.InRange(engine.Statistics.KvTokensHeld, 1000, 1000 + 8 * 28);
        Assert.True(engine.Statistics.KvTokensAllocated <= 1.25 * engine.Statistics.KvTokensHeld);
        Assert.Equal(7 * 1000, engine.Statistics.CachedTokens);
    }

    [Fact]
    public async Task PreemptedMatchesUninterrupted()
    {
        var random = new Random(5);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 6).Select(i => Request(
            Tokens(random, 20), 60, i % 2 == 0 ? null : new SamplingOptions { Temperature = 1, Seed = (ulong)i }))];
        await using var roomy = await LoadAsync(Plain);
        await using var tight = await LoadAsync(Plain with { KvCacheBytes = CacheFor(200) });
        AssertSameTokens(await OneByOneAsync(roomy, requests), await TogetherAsync(tight, requests));
        Assert.True(tight.Statistics.Preemptions > 0);
    }

    [Fact]
    public async Task SpeculationMatchesPlain()
    {
        var random = new Random(6);
        var phrase = Tokens(random, 12);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 6).Select(i => Request(
            [.. phrase, .. Tokens(random, 5), .. phrase], 40, i % 2 == 0 ? null : new SamplingOptions { Temperature = 0.3, TopK = 2, Seed = (ulong)i }))];
        await using var plain = await LoadAsync(Plain);
        await using var speculative = await LoadAsync(Plain with { SpeculativeTokens = 5 });
        AssertSameTokens(await OneByOneAsync(plain, requests), await TogetherAsync(speculative, requests));
        Assert.True(speculative.Statistics.ProposedTokens > 0);
        Assert.InRange(speculative.Statistics.AcceptedTokens, 1, speculative.Statistics.ProposedTokens);
        Assert.True(speculative.Statistics.Steps < plain.Statistics.Steps);
    }

    [Fact]
    public async Task MixedRopeKindsMatchSingle()
    {
        var config = SmallConfig with { MaxPositionEmbeddings = 64 };
        var random = new Random(7);
        List<GenerationRequest> requests = [.. new[] { 20, 90, 40, 180, 55 }.Select(length => Request(Tokens(random, length), 8))];
        await using var engine = await LoadAsync(Options, config);
        Assert.Equal(256, engine.ContextLength);
        AssertSameTokens(await OneByOneAsync(engine, requests), await TogetherAsync(engine, requests));
    }
}
