using System.Numerics.Tensors;

namespace SmolLM3.Inference.Sampling;

/// <summary>Chooses tokens for one sequence. Keeps buffers of the vocabulary's size, so one serves all sequences of an engine in turn.</summary>
internal sealed class TokenSampler(int vocabularySize)
{
    /// <summary>Logits this far below the best weigh less than 1e-7 each; they are looked at only where the rest does not reach top-p.</summary>
    private const float Negligible = 16;

    private readonly float[] _weights = new float[vocabularySize];
    private readonly (float Logit, int Id)[] _candidates = new (float, int)[vocabularySize];

    /// <summary>The next token, given logits that masks and penalties have been applied to; -∞ is never chosen.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="options">The sequence's options.</param>
    /// <param name="place">The token's place in the completion: picks the random number.</param>
    public int Sample(ReadOnlySpan<float> logits, SamplingOptions options, long place)
    {
        var best = TensorPrimitives.IndexOfMax(logits);
        if (options.Temperature == 0 || options.TopK == 1)
            return best;
        var uniform = SamplingRandom.Uniform(options.Seed, place);
        return options is { TopK: 0, TopP: 1, MinP: 0 }
            ? SampleAll(logits, logits[best], 1 / (float)options.Temperature, uniform)
            : SampleTop(logits, logits[best], options, uniform);
    }

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
        var temperature = (float)options.Temperature;
        var floor = options.MinP > 0 ? best + (float)Math.Log(options.MinP) * temperature : float.NegativeInfinity;
        var kept = options.TopK > 0 ? CollectTop(logits, options.TopK, floor) : CollectNucleus(logits, best, temperature, options.TopP, floor);

        var candidates = _candidates.AsSpan(0, kept);
        var total = 0.0;
        for (var i = 0; i < kept; i++)
            total += _weights[i] = MathF.Exp((candidates[i].Logit - best) / temperature);
        if (options.TopP < 1)
        {
            // Top-p is a share of what top-k left, or of everything; the token that crosses the line still belongs.
            var limit = options.TopP * (options.TopK > 0 ? total : TotalWeight(logits, best, temperature));
            var sum = 0.0;
            var count = 0;
            while (count < kept && sum < limit)
                sum += _weights[count++];
            (kept, total) = (Math.Max(count, 1), sum);
        }
        while (kept > 1 && candidates[kept - 1].Logit < floor)
            total -= _weights[--kept];
        var left = uniform * total;
        for (var i = 0; i < kept; i++)
        {
            left -= _weights[i];
            if (left < 0)
                return candidates[i].Id;
        }
        return candidates[kept - 1].Id;
    }

    /// <summary>The k likeliest, likeliest first.</summary>
    private int CollectTop(ReadOnlySpan<float> logits, int k, float floor)
    {
        var count = TopLogits.Collect(logits, k, _candidates);
        while (count > 1 && _candidates[count - 1].Logit < floor)
            count--;
        return count;
    }

    /// <summary>Enough of the likeliest to reach top-p, likeliest first.</summary>
    private int CollectNucleus(ReadOnlySpan<float> logits, float best, float temperature, double topP, float floor)
    {
        var needed = topP < 1 ? topP * TotalWeight(logits, best, temperature) : double.PositiveInfinity;
        for (var reach = Negligible * temperature; ; reach = float.PositiveInfinity)
        {
            var lowest = topP < 1 ? best - reach : floor;
            var count = 0;
            var weight = 0.0;
            for (var id = 0; id < logits.Length; id++)
            {
                if (logits[id] < lowest || logits[id] == float.NegativeInfinity)
                    continue;
                _candidates[count++] = (logits[id], id);
                weight += MathF.Exp((logits[id] - best) / temperature);
            }
            if (weight < needed && !float.IsPositiveInfinity(reach) && topP < 1)
                continue;
            _candidates.AsSpan(0, count).Sort(TopLogits.LikeliestFirst);
            return count;
        }
    }

    private double TotalWeight(ReadOnlySpan<float> logits, float best, float temperature)
    {
        var total = 0.0;
        foreach (var logit in logits)
            total += MathF.Exp((logit - best) / temperature);
        return total;
    }
}
