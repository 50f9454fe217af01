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
    [InlineData(ComputeType.Float32, 40, new int[0])]
    [InlineData(ComputeType.Float32, 700, new int[0])]
    [InlineData(ComputeType.Float32, 700, new[] { 700 })]
    [InlineData(ComputeType.BFloat16, 40, new[] { 40 })]
    [InlineData(ComputeType.BFloat16, 700, new int[0])]
    [InlineData(ComputeType.BFloat16, 700, new[] { 700 })]
    [InlineData(ComputeType.BFloat16, 700, new[] { 300, 690 })]
    public async Task SharedPrefixMatchesUnshared(ComputeType type, int prefixLength, int[] breakpoints)
    {
        var random = new Random(3);
        var document = Tokens(random, prefixLength);
        List<GenerationRequest> requests = [.. Mixed(random, 6).Select(request => request with
        {
            Prompt = [.. document, .. request.Prompt], CacheBreakpoints = breakpoints, LogProbabilities = 0,
        })];
        await using var unshared = await LoadAsync(Plain with { ComputeType = type });
        await using var shared = await LoadAsync(
            Plain with { ComputeType = type, PrefixSharing = true, MaxStepTokens = 96, SpeculativeTokens = 4 });
        var expected = await OneByOneAsync(unshared, requests);

        var together = await TogetherAsync(shared, requests);
        AssertSame(type, expected, together);
        // A slab is waited for to its end; of anything else, what is nearly computed is not waited for.
        var awaited = breakpoints.Length > 0 && prefixLength >= 256 ? breakpoints[^1] : prefixLength - 255;
        Assert.All(together.Skip(1), result => Assert.True(result.CachedTokens >= awaited));

        var later = await OneByOneAsync(shared, requests);
        AssertSame(type, expected, later);
        Assert.All(later, result => Assert.Equal(result.PromptTokens - 1, result.CachedTokens));
    }

    /// <summary>Slabs end at other places for some: what they have in common may be copied only as far as it is computed alike.</summary>
    [Theory]
    [InlineData(ComputeType.BFloat16, 8)]
    [InlineData(ComputeType.BFloat16, 32)]
    [InlineData(ComputeType.BFloat16, 128)]
    [InlineData(ComputeType.Float16, 32)]
    public async Task SharedPrefix_UnlikeBreakpoints_MatchesUnshared(ComputeType type, int headSize)
    {
        var config = SmallConfig with { HeadSize = headSize };
        var random = new Random(8);
        var document = Tokens(random, 900);
        List<GenerationRequest> requests = [.. new int[][] { [], [900], [600], [300, 900], [900], [300], [] }.Select(breakpoints =>
            Request([.. document, .. Tokens(random, 30)], 12) with { CacheBreakpoints = breakpoints, LogProbabilities = 0 })];
        await using var unshared = await LoadAsync(Plain with { ComputeType = type }, config);
        await using var shared = await LoadAsync(Plain with { ComputeType = type, PrefixSharing = true, KvCacheBytes = 64 << 20 }, config);
        AssertSame(type, await OneByOneAsync(unshared, requests), await TogetherAsync(shared, requests));
        Assert.InRange(shared.Statistics.CachedTokens, 900 + 900 + 300 + 300, 6 * 900 - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SharedPrefix_LongDocument_IsComputedOnceAndTakesItsMemoryOnceAtABreakpoint(bool breakpoint)
    {
        var random = new Random(4);
        var document = Tokens(random, 1000);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 8).Select(_ =>
            Request([.. document, .. Tokens(random, 20)], 8) with { CacheBreakpoints = breakpoint ? [1000] : [] })];
        await using var engine = await LoadAsync(Plain with { PrefixSharing = true });
        await TogetherAsync(engine, requests);
        Assert.InRange(engine.Statistics.KvTokensHeld, (breakpoint ? 1 : 8) * 1000, (breakpoint ? 1 : 8) * 1000 + 8 * 28);
        Assert.True(engine.Statistics.KvTokensAllocated <= 1.25 * engine.Statistics.KvTokensHeld);
        Assert.Equal(7 * 1000, engine.Statistics.CachedTokens);
    }

    [Theory]
    [InlineData(ComputeType.Float32, 20, 200)]
    [InlineData(ComputeType.BFloat16, 20, 200)]
    [InlineData(ComputeType.BFloat16, 300, 900)]
    public async Task PreemptedMatchesUninterrupted(ComputeType type, int promptLength, int room)
    {
        var random = new Random(5);
        var document = Tokens(random, promptLength);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 6).Select(i => Request(
            [.. document, .. Tokens(random, 20)], 60, i % 2 == 0 ? null : new SamplingOptions { Temperature = 1, Seed = (ulong)i })
            with { CacheBreakpoints = i < 4 ? [promptLength] : [], LogProbabilities = 0 })];
        await using var roomy = await LoadAsync(Plain with { ComputeType = type });
        await using var tight = await LoadAsync(
            Plain with { ComputeType = type, KvCacheBytes = CacheFor(room) / (type == ComputeType.Float32 ? 1 : 2), PrefixSharing = true });
        AssertSame(type, await OneByOneAsync(roomy, requests), await TogetherAsync(tight, requests));
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
