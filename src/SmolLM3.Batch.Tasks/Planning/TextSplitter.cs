namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>
/// Cuts a range of text into parts of bounded cost: at sentence ends if possible, else between words, else anywhere but within a surrogate
/// pair, which may cost more than it should.
/// </summary>
internal static class TextSplitter
{
    /// <summary>The parts, which put together are [start, end).</summary>
    public static IEnumerable<(int Start, int End)> Split(string text, int start, int end, int maxCost, Func<int, int, int> cost)
    {
        while (start < end)
        {
            int cut = end;
            while (cost(start, cut) > maxCost)
            {
                int target = start + Math.Max(1, (int)((long)(cut - start) * maxCost / (cost(start, cut) + 1)));
                int next = BestCut(text, start, Math.Min(target, cut - 1));
                if (next >= cut || next <= start) break;
                cut = next;
            }

            yield return (start, cut);
            start = cut;
        }
    }

    /// <summary>The last good cut in (start, limit], not before the middle if there is any.</summary>
    private static int BestCut(string text, int start, int limit)
    {
        int middle = start + (limit - start) / 2;
        for (int i = limit; i > middle; i--)
        {
            if (i < text.Length && char.IsWhiteSpace(text[i]) && text[i - 1] is '.' or '!' or '?' or ';' or ':' or '\n') return i;
        }

        for (int i = limit; i > middle; i--)
        {
            if (i < text.Length && char.IsWhiteSpace(text[i])) return i;
        }

        limit = Math.Max(limit, start + 1);
        bool inPair = limit < text.Length && char.IsLowSurrogate(text[limit]) && char.IsHighSurrogate(text[limit - 1]);
        return !inPair ? limit : limit - 1 > start ? limit - 1 : limit + 1;
    }
}
