using System.Numerics.Tensors;

namespace SmolLM3.Inference.Sampling;

/// <summary>Log-probabilities under the model itself: taken before penalties and masks change the logits.</summary>
internal static class LogProbabilities
{
    /// <summary>Turns logits into log-probabilities in place, which changes no choice.</summary>
    public static void Normalize(Span<float> logits, Span<float> buffer)
    {
        var best = TensorPrimitives.Max<float>(logits);
        TensorPrimitives.Subtract(logits, best, buffer);
        TensorPrimitives.Exp(buffer, buffer);
        var total = 0.0;
        foreach (var value in buffer)
            total += value;
        TensorPrimitives.Subtract(logits, best + (float)Math.Log(total), logits);
    }

    /// <summary>The likeliest tokens, likeliest first.</summary>
    public static IReadOnlyList<(int TokenId, float LogProbability)> Likeliest(ReadOnlySpan<float> logProbabilities, int count)
    {
        var top = new (float Logit, int Id)[Math.Min(count, logProbabilities.Length)];
        var found = top.Length == 0 ? 0 : TopLogits.Collect(logProbabilities, top.Length, top);
        return [.. top[..found].Select(entry => (entry.Id, entry.Logit))];
    }
}
