namespace SmolLM3.Inference.Sampling;

/// <summary>What happens to a sequence's logits before a token is chosen.</summary>
internal static class LogitsProcessor
{
    /// <summary>Divides positive and multiplies negative logits of tokens already seen.</summary>
    public static void Penalize(Span<float> logits, IEnumerable<int> seen, double penalty)
    {
        var factor = (float)penalty;
        foreach (var id in seen)
            if ((uint)id < (uint)logits.Length)
                logits[id] = logits[id] > 0 ? logits[id] / factor : logits[id] * factor;
    }

    /// <summary>Sets logits to -∞ where the mask's bit is 0, and beyond the mask's end.</summary>
    public static void Mask(Span<float> logits, ReadOnlySpan<ulong> mask)
    {
        for (var word = 0; word * 64 < logits.Length; word++)
        {
            var part = logits.Slice(word * 64, Math.Min(64, logits.Length - word * 64));
            var allowed = word < mask.Length ? mask[word] : 0;
            if (allowed == 0)
            {
                part.Fill(float.NegativeInfinity);
                continue;
            }
            if (allowed == ulong.MaxValue)
                continue;
            for (var bit = 0; bit < part.Length; bit++)
                if ((allowed >> bit & 1) == 0)
                    part[bit] = float.NegativeInfinity;
        }
    }
}
