using SmolLM3.Inference.Sampling;

namespace SmolLM3.Inference.Tests.Sampling;

public sealed class TokenSamplerTests
{
    private const int Vocabulary = 50;
    private const int Draws = 40_000;

    private static readonly float[] Logits = [.. Enumerable.Range(0, Vocabulary).Select(i => (float)(3 * Math.Sin(i * 1.7) + i % 3))];

    public static TheoryData<double, int, double, double> Options => new()
    {
        { 1, 0, 1, 0 }, { 0.7, 0, 1, 0 }, { 1.5, 10, 1, 0 }, { 1, 0, 0.8, 0 }, { 1, 0, 1, 0.2 }, { 0.9, 12, 0.7, 0.05 },
        { 1, 0, 0.9999999, 0 }, { 0.5, 200, 0.5, 0.5 },
    };

    /// <summary>Against the definition, written plainly in double precision.</summary>
    [Theory]
    [MemberData(nameof(Options))]
    public void Sample_ManyPlaces_FrequenciesAreTheProbabilities(double temperature, int topK, double topP, double minP)
    {
        var expected = Expected(temperature, topK, topP, minP);
        var sampler = new TokenSampler(Vocabulary);
        var options = new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, Seed = 5 };
        var counts = new int[Vocabulary];
        for (var place = 0; place < Draws; place++)
            counts[sampler.Sample(Logits, options, place)]++;
        for (var id = 0; id < Vocabulary; id++)
        {
            var deviation = Math.Sqrt(expected[id] * (1 - expected[id]) / Draws);
            Assert.InRange(counts[id] / (double)Draws, expected[id] - 5 * deviation, expected[id] + 5 * deviation);
        }
    }

    [Fact]
    public void Sample_TemperatureZero_TakesTheFirstOfTheLikeliest()
        => Assert.Equal(1, new TokenSampler(4).Sample([1, 7, 7, 2], SamplingOptions.Greedy, 0));

    /// <summary>
    /// Whatever the options and however large the logits: a token that is not masked, and the likeliest where it is certain.
    /// </summary>
    [Theory]
    [InlineData(double.Epsilon, 1)]
    [InlineData(1e-40, 1)]
    [InlineData(double.MaxValue, null)]
    [InlineData(1, null)]
    public void Sample_ExtremeOptionsAndLogits_StaysAmongTheAllowed(double temperature, int? expected)
    {
        float[][] rows =
        [
            [float.NegativeInfinity, 5, 4, float.NegativeInfinity],
            [float.NegativeInfinity, 3e38f, -3e38f, float.NegativeInfinity],
            [float.NegativeInfinity, float.PositiveInfinity, 4, float.NegativeInfinity],
            [float.NegativeInfinity, float.NaN, 4, float.NegativeInfinity],
        ];
        var sampler = new TokenSampler(4);
        foreach (var logits in rows)
        {
            foreach (var options in (SamplingOptions[])[new(), new() { TopK = 3 }, new() { TopP = 0.9 }, new() { MinP = 0.1 }, new() { TopK = 2, TopP = 0.5, MinP = 0.5 }])
            {
                for (var place = 0; place < 20; place++)
                {
                    var token = sampler.Sample([.. logits], options with { Temperature = temperature, Seed = 1 }, place);
                    Assert.True(
                        expected is null ? token is 1 or 2 : token == expected,
                        $"token {token} of [{string.Join(", ", logits)}], {options}");
                }
            }
        }
    }

    [Fact]
    public void Sample_Masked_IsNeverChosen()
    {
        var logits = Logits.ToArray();
        LogitsProcessor.Mask(logits, [0b1001_0000_0010UL]);
        foreach (var options in (SamplingOptions[])[new(), new() { Temperature = 5 }, new() { Temperature = 5, TopP = 0.999 }, new() { Temperature = 2, TopK = 30 }])
            for (var place = 0; place < 500; place++)
                Assert.Contains(new TokenSampler(Vocabulary).Sample(logits, options, place), (int[])[1, 8, 11]);
    }

    [Fact]
    public void Sample_SameSeedAndPlace_SameToken()
    {
        var options = new SamplingOptions { Temperature = 1, Seed = 9 };
        var (first, second) = (new TokenSampler(Vocabulary), new TokenSampler(Vocabulary));
        int[] forwards = [.. Enumerable.Range(0, 50).Select(place => first.Sample(Logits, options, place))];
        int[] backwards = [.. Enumerable.Range(0, 50).Reverse().Select(place => second.Sample(Logits, options, place)).Reverse()];
        Assert.Equal(forwards, backwards);
        Assert.NotEqual(forwards, Enumerable.Range(0, 50).Select(place => first.Sample(Logits, options with { Seed = 10 }, place)));
    }

    [Fact]
    public void Penalize_SeenTokens_BecomeLessLikely()
    {
        float[] logits = [2, -2, 3];
        LogitsProcessor.Penalize(logits, [0, 1], 2);
        Assert.Equal([1, -4, 3], logits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Collect_AnyK_EqualsSorting(int k)
    {
        var random = new Random(k);
        float[] logits = [.. Enumerable.Range(0, 300).Select(_ => random.Next(40) / 4f)];
        var top = new (float, int)[Math.Min(k, 300)];
        var count = TopLogits.Collect(logits, k, top);
        Assert.Equal(
            logits.Select((logit, id) => (logit, id)).OrderByDescending(entry => entry.logit).ThenBy(entry => entry.id).Take(k),
            top[..count]);
    }

    [Theory]
    [InlineData(nameof(SamplingOptions.Temperature), -1)]
    [InlineData(nameof(SamplingOptions.TopP), 0)]
    [InlineData(nameof(SamplingOptions.TopP), 1.1)]
    [InlineData(nameof(SamplingOptions.TopK), -1)]
    [InlineData(nameof(SamplingOptions.MinP), 1)]
    [InlineData(nameof(SamplingOptions.RepetitionPenalty), 0)]
    public void Validate_OutOfRange_NamesTheOption(string name, double value)
    {
        var options = name switch
        {
            nameof(SamplingOptions.Temperature) => new SamplingOptions { Temperature = value },
            nameof(SamplingOptions.TopP) => new SamplingOptions { TopP = value },
            nameof(SamplingOptions.TopK) => new SamplingOptions { TopK = (int)value },
            nameof(SamplingOptions.MinP) => new SamplingOptions { MinP = value },
            _ => new SamplingOptions { RepetitionPenalty = value },
        };
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }

    private static double[] Expected(double temperature, int topK, double topP, double minP)
    {
        var kept = Logits.Select((logit, id) => (
            Weight: Math.Exp(logit / temperature), Id: id)).OrderByDescending(entry => entry.Weight).ThenBy(entry => entry.Id).ToList();
        if (topK > 0)
            kept = [.. kept.Take(topK)];
        var limit = topP * kept.Sum(entry => entry.Weight);
        var sum = 0.0;
        kept = [.. kept.TakeWhile(entry => (sum += entry.Weight) - entry.Weight < limit)];
        kept = [.. kept.Where(entry => entry.Weight >= minP * kept[0].Weight)];
        var expected = new double[Vocabulary];
        foreach (var (weight, id) in kept)
            expected[id] = weight / kept.Sum(entry => entry.Weight);
        return expected;
    }
}
