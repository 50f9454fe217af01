using System.Numerics.Tensors;

namespace SmolLM3.Inference.Sampling;

/// <summary>
/// Chooses tokens for one sequence. Keeps buffers of the vocabulary's size, so one serves all sequences of an engine in turn.
/// </summary>
internal sealed class TokenSampler(int vocabularySize)
{
    /// <summary>Tokens this much less likely than the best are sorted only where the others do not reach top-p.</summary>
    private const float Negligible = 1e-6f;

    private const double SmallestInverse = 1e-30;

    private readonly float[] _weights = new float[vocabularySize];
    private readonly (float Logit, int Id)[] _candidates = new (float, int)[vocabularySize];

    /// <summary>A buffer of the vocabulary's size, free between calls.</summary>
    public Span<float> Scratch => _weights;

    /// <summary>The next token, given logits that masks and penalties have been applied to; -∞ is never chosen.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="options">The sequence's options.</param>
    /// <param name="place">The token's place in the completion: picks the random number.</param>
    public int Sample(ReadOnlySpan<float> logits, SamplingOptions options, long place)
    {
        var best = TensorPrimitives.IndexOfMax(logits);

        // Logits that overflowed leave no probabilities to speak of.
        if (options.Temperature == 0 || options.TopK == 1 || !float.IsFinite(logits[best]))
            return best;
        var uniform = SamplingRandom.Uniform(options.Seed, place);
        return options is { TopK: 0, TopP: 1, MinP: 0 }
            ? SampleAll(logits, logits[best], Inverse(options), uniform)
            : SampleTop(logits, logits[best], options, uniform);
    }

    /// <summary>Finite, and not 0, which would make something of -∞.</summary>
    private static float Inverse(SamplingOptions options) => (float)Math.Clamp(1 / options.Temperature, SmallestInverse, float.MaxValue);

    private int SampleAll(ReadOnlySpan<float> logits, float best, float inverseTemperature, double uniform)
    {
        var weights = _weights.AsSpan(0, logits.Length);
        TensorPrimitives.Subtract(logits, best, weights);
        TensorPrimitives.Multiply(weights, inverseTemperature, weights);
        TensorPrimitives.Exp(weights, weights);
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var left = uniform * total;
        var last = 0;
        for (var id = 0; id < weights.Length; id++)
        {
            if (weights[id] == 0)
                continue;
            last = id;
            left -= weights[id];
            if (left < 0)
                return id;
        }
        return last;
    }

    private int SampleTop(ReadOnlySpan<float> logits, float best, SamplingOptions options, double uniform)
    {
        var inverse = Inverse(options);
        var kept = options.TopK > 0
            ? TopLogits.Collect(logits, options.TopK, _candidates)
            : CollectNucleus(logits, best, inverse, options.TopP);
        var candidates = _candidates.AsSpan(0, kept);
        var weights = _weights.AsSpan(0, kept);
        var total = 0.0;
        for (var i = 0; i < kept; i++)
            total += weights[i] = MathF.Exp((candidates[i].Logit - best) * inverse);
        if (options is { TopK: > 0, TopP: < 1 })
            (kept, total) = Nucleus(weights, options.TopP * total);
        for (; kept > 1 && weights[kept - 1] < options.MinP; kept--)
            total -= weights[kept - 1];

        var left = uniform * total;
        for (var i = 0; i < kept; i++)
        {
            left -= weights[i];
            if (left < 0)
                return candidates[i].Id;
        }
        return candidates[kept - 1].Id;
    }

    /// <summary>The likeliest tokens that reach top-p of the whole vocabulary, likeliest first; all of them where top-p is 1.</summary>
    private int CollectNucleus(ReadOnlySpan<float> logits, float best, float inverse, double topP)
    {
        var weights = _weights.AsSpan(0, logits.Length);
        TensorPrimitives.Subtract(logits, best, weights);
        TensorPrimitives.Multiply(weights, inverse, weights);
        TensorPrimitives.Exp(weights, weights);
        var needed = topP * TensorPrimitives.Sum(weights);
        foreach (var smallest in (ReadOnlySpan<float>)[topP < 1 ? Negligible : 0, 0])
        {
            var (count, sum) = (0, 0.0);
            for (var id = 0; id < weights.Length; id++)
            {
                if (weights[id] <= smallest)
                    continue;
                _candidates[count++] = (logits[id], id);
                sum += weights[id];
            }
            if (sum < needed && smallest > 0)
                continue;
            var candidates = _candidates.AsSpan(0, count);
            candidates.Sort(TopLogits.LikeliestFirst);
            for (var i = 0; i < count; i++)
                weights[i] = MathF.Exp((candidates[i].Logit - best) * inverse);
            return topP < 1 ? Nucleus(weights[..count], needed).Count : count;
        }
        return 1;
    }

    /// <summary>
    /// How many of the weights, largest first, it takes to reach <paramref name="needed"/>: the one that crosses the line still belongs.
    /// </summary>
    private static (int Count, double Sum) Nucleus(ReadOnlySpan<float> weights, double needed)
    {
        var (count, sum) = (0, 0.0);
        while (count < weights.Length && (count == 0 || sum < needed))
            sum += weights[count++];
        return (count, sum);
    }
}
