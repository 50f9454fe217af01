namespace SmolLM3.Inference.KvCache;

/// <summary>
/// Where the shareable slabs of a sequence end. It follows from the request alone: how attention over a chain of slabs rounds depends on
/// where they meet, so that a sequence whose slabs depended on its neighbours would have tokens that do.
/// </summary>
internal static class SlabEnds
{
    /// <summary>A shorter prefix is copied: the longer chain would cost more in every step than its memory is worth.</summary>
    internal const int MinimumLength = 256;

    /// <summary>A slab holds at least an eighth of what ends with it, and the first an eighth of the prompt, for the same reason.</summary>
    private const int LeastShare = 8;

    /// <summary>The breakpoints that are worth a slab, ascending; the prompt's last token is always computed.</summary>
    public static int[] Of(int promptLength, IEnumerable<int> breakpoints)
    {
        var ends = new List<int>();
        foreach (var end in breakpoints.Select(breakpoint => Math.Min(breakpoint, promptLength - 1)).Order())
        {
            var length = end - (ends.Count > 0 ? ends[^1] : 0);
            if (length >= MinimumLength && length >= end / LeastShare && end >= promptLength / LeastShare)
                ends.Add(end);
        }
        return [.. ends];
    }

    /// <summary>
    /// How many of the first tokens have the same keys and values in two sequences that begin alike: all up to the first end that only one
    /// of them has.
    /// </summary>
    public static int AlikeUpTo(ReadOnlySpan<int> ends, ReadOnlySpan<int> others)
    {
        var same = ends.CommonPrefixLength(others);
        return Math.Min(At(ends, same), At(others, same));
    }

    private static int At(ReadOnlySpan<int> ends, int index) => index < ends.Length ? ends[index] : int.MaxValue;
}
