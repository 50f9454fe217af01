namespace SmolLM3.Inference.Tests.Engine;

/// <summary>Engines over small random checkpoints, and requests from a seed.</summary>
internal static class TestEngine
{
    public static ModelConfig SmallConfig { get; } = ModelShapes.Get("tiny") with
    {
        VocabularySize = 160,
        HiddenSize = 32,
        IntermediateSize = 64,
        Layers = 4,
        AttentionHeads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        RopeLayers = [true, true, true, false],
    };

    public static EngineOptions Options { get; } = new() { Device = "cpu", KvCacheBytes = 16 << 20 };

    public static Task<InferenceEngine> LoadAsync(EngineOptions? options = null, ModelConfig? config = null, ulong seed = 1)
        => InferenceEngine.LoadAsync(new RandomCheckpoint(config ?? SmallConfig, seed), options ?? Options);

    /// <summary>Bytes of KV cache that hold just so many tokens of <see cref="SmallConfig"/> in float32.</summary>
    public static long CacheFor(int tokens) => tokens * 2L * 4 * 2 * 8 * sizeof(float);

    public static int[] Tokens(Random random, int count, int vocabulary = 160) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];

    public static GenerationRequest Request(IReadOnlyList<int> prompt, int maxTokens, SamplingOptions? sampling = null)
        => new() { Prompt = prompt, MaxTokens = maxTokens, Sampling = sampling ?? SamplingOptions.Greedy, StopIds = [] };

    /// <summary>Requests of unlike length, half of them greedy, half seeded.</summary>
    public static List<GenerationRequest> Mixed(Random random, int count, int longest = 60, int most = 24) =>
    [
        .. Enumerable.Range(0, count).Select(i => Request(
            Tokens(random, random.Next(1, longest)),
            random.Next(1, most),
            i % 2 == 0 ? null : new SamplingOptions { Temperature = 0.8, TopP = 0.9, TopK = i % 4 == 1 ? 20 : 0, RepetitionPenalty = 1.1, Seed = (ulong)i })),
    ];

    /// <summary>One after the other, so that no two share a step.</summary>
    public static async Task<List<GenerationResult>> OneByOneAsync(InferenceEngine engine, IEnumerable<GenerationRequest> requests)
    {
        var results = new List<GenerationResult>();
        foreach (var request in requests)
            results.Add(await engine.GenerateAsync(request));
        return results;
    }

    public static async Task<List<GenerationResult>> TogetherAsync(InferenceEngine engine, IEnumerable<GenerationRequest> requests)
        => [.. await Task.WhenAll(requests.Select(request => engine.GenerateAsync(request)))];

    public static void AssertSameTokens(IEnumerable<GenerationResult> expected, IEnumerable<GenerationResult> actual)
        => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.TokenIds, pair.Second.TokenIds));

    /// <summary>
    /// The same tokens with log-probabilities that are equal to the last bit. libtorch does not promise bits: there a row's product may be
    /// summed in another order alone than among others, so that log-probabilities may differ a little, and of 16-bit sequences those tokens
    /// where two are all but equally likely.
    /// </summary>
    public static void AssertSame(ComputeType type, IEnumerable<GenerationResult> expected, IEnumerable<GenerationResult> actual)
        => Assert.All(expected.Zip(actual), pair =>
        {
            Assert.NotNull(pair.First.LogProbabilities);
            var (first, second) = (
                pair.First.LogProbabilities.Select(token => token.LogProbability),
                pair.Second.LogProbabilities!.Select(token => token.LogProbability));
#if LIBTORCH
            int alike = pair.First.TokenIds.Zip(pair.Second.TokenIds).TakeWhile(ids => ids.First == ids.Second).Count();
            Assert.InRange(alike, type == ComputeType.Float32 ? pair.First.TokenIds.Count : 1, pair.First.TokenIds.Count);
            float most = type == ComputeType.Float32 ? 1e-4f : 0.05f;
            Assert.All(first.Zip(second).Take(alike), each => Assert.InRange(each.Second, each.First - most, each.First + most));
#else
            _ = type;
            Assert.Equal(pair.First.TokenIds, pair.Second.TokenIds);
            Assert.Equal(first, second);
#endif
        });
}
