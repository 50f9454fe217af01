using SmolLM3.Inference.Tests.Engine;
using static SmolLM3.Inference.Tests.Engine.TestEngine;
using static TorchSharp.torch;

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

    /// <summary>
    /// 16-bit types round elsewhere in the two ways, which random weights magnify (0.16 on libtorch in bfloat16), so that tokens may part
    /// where two are nearly equally likely.
    /// </summary>
    [Theory]
    [InlineData(ComputeType.Float32, 1e-4)]
    [InlineData(ComputeType.BFloat16, 0.25)]
    [InlineData(ComputeType.Float16, 0.03)]
    public async Task LogProbabilities_MatchSequenceBySequence(ComputeType type, double tolerance)
    {
        var random = new Random(9);
        var document = Tokens(random, 400);
        List<GenerationRequest> requests = [.. Mixed(random, 8).Select((request, i) => request with
        {
            Prompt = i % 2 == 0 ? request.Prompt : [.. document, .. request.Prompt],
            CacheBreakpoints = i % 2 == 0 ? [] : [400],
            LogProbabilities = 0,
        })];
        await using var plain = await LoadAsync(Plain with { ComputeType = type });
        await using var fused = await LoadAsync(Plain with { ComputeType = type, PrefixSharing = true, Kernels = new PlainKernels() });
        var expected = await OneByOneAsync(plain, requests);
        var actual = await TogetherAsync(fused, requests);
        if (type == ComputeType.Float32)
            AssertSameTokens(expected, actual);
        Assert.All(expected.Zip(actual), pair => Assert.All(
            pair.First.LogProbabilities!.Zip(pair.Second.LogProbabilities!).TakeWhile(token => token.First.TokenId == token.Second.TokenId),
            token => Assert.InRange(
                token.Second.LogProbability, token.First.LogProbability - tolerance, token.First.LogProbability + tolerance)));
    }

    [Fact]
    public async Task KernelThatFails_TakesItsCompletionsOnly()
    {
        var kernels = new FailingOnce();
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(Plain with { Kernels = kernels, PrefixSharing = true });
        var requests = Mixed(new Random(11), 5);
        var expected = await OneByOneAsync(plain, requests);
        kernels.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => fused.GenerateAsync(requests[0]));
        Assert.Equal(0, fused.Statistics.KvTokensHeld);
        AssertSameTokens(expected, await TogetherAsync(fused, requests));
    }

    /// <summary>Prefixes are copied from chains whose slabs move to make room for the copy.</summary>
    [Fact]
    public async Task DonorMovedMeanwhile_TokensStay()
    {
        var random = new Random(12);
        var documents = Enumerable.Range(0, 4).Select(_ => Tokens(random, 120)).ToArray();
        List<GenerationRequest> requests =
            [.. Enumerable.Range(0, 24).Select(i => Request([.. documents[i / 6], .. Tokens(random, random.Next(1, 30))], random.Next(2, 20)))];
        await using var plain = await LoadAsync(Plain);
        await using var fused = await LoadAsync(
            Plain with { Kernels = new PlainKernels(), KvCacheBytes = CacheFor(600), PrefixSharing = true });
        AssertSameTokens(await OneByOneAsync(plain, requests), await TogetherAsync(fused, requests));
        Assert.True(fused.Statistics.CachedTokens > 0);
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

    private sealed class FailingOnce : PlainKernels
    {
        public bool Fails { get; set; }

        public override Tensor NormLinear(Tensor input, Tensor norm, Tensor weight)
        {
            if (!Fails)
                return base.NormLinear(input, norm, weight);
            Fails = false;
            throw new InvalidOperationException("out of memory");
        }
    }
}
