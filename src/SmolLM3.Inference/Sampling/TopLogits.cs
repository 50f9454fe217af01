namespace SmolLM3.Inference.Sampling;

/// <summary>The largest logits, largest first; of equal ones the lower id comes first.</summary>
internal static class TopLogits
{
    public static readonly Comparison<(float Logit, int Id)> LikeliestFirst =
        (a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Id.CompareTo(b.Id);

    /// <summary>Writes up to <paramref name="k"/> of them and returns how many; -∞ never counts.</summary>
    public static int Collect(ReadOnlySpan<float> logits, int k, Span<(float Logit, int Id)> into)
    {
        k = Math.Min(k, logits.Length);
        var count = 0;
        var lowest = float.NegativeInfinity;
        for (var id = 0; id < logits.Length; id++)
        {
            var logit = logits[id];
            if (logit <= lowest)
                continue;
            if (count < k)
            {
                into[count++] = (logit, id);
                if (count < k)
                    continue;
                into[..k].Sort(LikeliestFirst);
            }
            else
            {
                var at = k - 1;
                for (; at > 0 && into[at - 1].Logit < logit; at--)
                    into[at] = into[at - 1];
                into[at] = (logit, id);
            }
            lowest = into[k - 1].Logit;
        }
        if (count < k)
            into[..count].Sort(LikeliestFirst);
        return count;
    }
}
