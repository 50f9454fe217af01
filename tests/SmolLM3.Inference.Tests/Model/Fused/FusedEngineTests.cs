using SmolLM3.Inference.Tests.Engine;
using static SmolLM3.Inference.Tests.Engine.TestEngine;

namespace SmolLM3.Inference.Tests.Model.Fused;

/// <summary>An engine that attends to all sequences at once generates what one does that takes them one by one.</summary>
public sealed class FusedEngineTests
{
    private static readonly EngineOptions Plain = Options with { PrefixSharing = false, SpeculativeTokens = 0 };

    [Theory]
    [InlineData(1024, 0)]
    [InlineData(16, 0)]
    [InlineData(16, 4)]
    [InlineData(1024, 12)]
    public async Task UnlikeLengths_MatchSequenceBySequence(int stepTokens, int speculative)
    {
        var requests = Mixed(new Random(1), 12, longest: 150);
        var kernels = new PlainKernels();
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(
            Plain with { Kernels = kernels, MaxStepTokens = stepTokens, SpeculativeTokens = speculative });
        AssertSameTokens(await OneByOneAsync(plain, requests), await TogetherAsync(fused, requests));
        Assert.InRange(kernels.Attentions, 1, 2 * SmallConfig.Layers * fused.Statistics.Steps);
        Assert.True(kernels.MostSequences > 6);
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 700 })]
    [InlineData(new[] { 300, 690 })]
    public async Task SharedPrefixes_MatchSequenceBySequence(int[] breakpoints)
    {
        var random = new Random(3);
        int[][] documents = [Tokens(random, 700), Tokens(random, 700)];
        // Two documents' sequences take turns, and some share nothing: rows of all kinds are in one step.
        List<GenerationRequest> requests = [.. Mixed(random, 12).Select((request, i) => i % 3 == 2
            ? request
            : request with { Prompt = [.. documents[i % 3], .. request.Prompt], MaxTokens = 20, CacheBreakpoints = breakpoints })];
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(
            Plain with { Kernels = new PlainKernels(), PrefixSharing = true, MaxStepTokens = 96, SpeculativeTokens = 4 });
        AssertSameTokens(await OneByOneAsync(plain, requests), await TogetherAsync(fused, requests));
        Assert.True(fused.Statistics.CachedTokens > 0);
    }

    [Fact]
    public async Task TightCache_SlabsMoveAndTokensStay()
    {
        var random = new Random(5);
        List<GenerationRequest> requests = [.. Enumerable.Range(0, 10).Select(i => Request(Tokens(random, 10 + 7 * i), 60))];
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(
            Plain with { Kernels = new PlainKernels(), KvCacheBytes = CacheFor(300), PrefixSharing = true });
        AssertSameTokens(await OneByOneAsync(plain, requests), await TogetherAsync(fused, requests));
        Assert.True(fused.Statistics.Preemptions > 0);
    }

    [Fact]
    public async Task LogProbabilities_MatchSequenceBySequence()
    {
        var requests = Mixed(new Random(9), 6).Select(request => request with { LogProbabilities = 0 }).ToList();
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(Plain with { Kernels = new PlainKernels() });
        var expected = await OneByOneAsync(plain, requests);
        var actual = await TogetherAsync(fused, requests);
        AssertSameTokens(expected, actual);
        Assert.All(expected.Zip(actual), pair => Assert.All(
            pair.First.LogProbabilities!.Zip(pair.Second.LogProbabilities!),
            token => Assert.InRange(token.Second.LogProbability, token.First.LogProbability - 1e-4, token.First.LogProbability + 1e-4)));
    }

    [Theory]
    [MemberData(nameof(ReferenceTests.Checkpoints), MemberType = typeof(ReferenceTests))]
    public async Task ReferencePrompts_GreedyTokensEqual(string name)
    {
        using var source = ReferenceCheckpoint.Open(name);
        await using var engine = await InferenceEngine.LoadAsync(
            source, new() { Device = "cpu", KvCacheBytes = 64 << 20, Kernels = new PlainKernels() });
        var cases = ReferenceCheckpoint.Cases(name);
        var results = await Task.WhenAll(cases.Select(example => engine.GenerateAsync(
            new() { Prompt = example.InputIds, MaxTokens = example.Greedy.Length, StopIds = [] })));
        Assert.All(cases.Zip(results), pair => Assert.Equal(pair.First.Greedy, pair.Second.TokenIds));
    }
}
