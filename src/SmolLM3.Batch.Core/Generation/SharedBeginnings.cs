namespace SmolLM3.Batch.Generation;

/// <summary>
/// Finds what requests that are known together begin with in common (questions about one document, lines under one system prompt), so that
/// the engine can hold it once. What it finds follows from the requests alone, never from when they run.
/// </summary>
public static class SharedBeginnings
{
    /// <summary>Farther back than this no word begins; such a text has no spaces.</summary>
    private const int LongestWord = 64;

    /// <summary>
    /// The same requests in the same order, each with <see cref="CompletionRequest.SharedContent"/> where others begin as it does.
    /// </summary>
    public static IReadOnlyList<CompletionRequest> Mark(IReadOnlyList<CompletionRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var marked = requests.ToArray();
        foreach (var alike in Enumerable.Range(0, marked.Length).Where(i => marked[i].Messages.Count > 0).GroupBy(
            i => Before(marked[i]), StringComparer.Ordinal))
        {
            int[] sorted = [.. alike.OrderBy(i => Content(marked[i]), StringComparer.Ordinal)];
            if (sorted.Length < 2) continue;
            foreach (var (first, last, shared) in Runs([.. sorted.Select(i => Content(marked[i]))]))
            {
                for (int at = first; at <= last; at++)
                    marked[sorted[at]] = marked[sorted[at]] with { SharedContent = shared };
            }
        }

        return marked;
    }

    /// <summary>
    /// Cuts sorted texts into runs that begin alike, between neighbors that have clearly less in common than either has with its other
    /// neighbor.
    /// </summary>
    private static IEnumerable<(int First, int Last, int Shared)> Runs(string[] texts)
    {
        int[] common = [.. texts.Zip(texts.Skip(1), (text, next) => text.AsSpan().CommonPrefixLength(next))];
        int first = 0;
        for (int last = 0; last < texts.Length; last++)
        {
            if (last < common.Length && 4L * common[last] >= 3L * Math.Max(At(last - 1), At(last + 1))) continue;
            yield return (first, last, first == last ? 0 : WholeWords(texts[first], common[first..last].Min()));
            first = last + 1;
        }

        int At(int index) => index >= 0 && index < common.Length ? common[index] : 0;
    }

    // Where a word is cut, one text's tokens end there and another's do not.
    private static int WholeWords(string text, int length)
    {
        int space = text.AsSpan(0, length).LastIndexOfAny(' ', '\n', '\t');
        if (space >= 0 && length - space <= LongestWord) return space;
        return length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
    }

    private static string Content(CompletionRequest request) => request.Messages[^1].Content;

    private static string Before(CompletionRequest request) => string.Join(
        '\0', request.Messages.SkipLast(1).SelectMany(message => (string[])[message.Role, message.Content]).Append(request.Messages[^1].Role).Append(request.Thinking ? "think" : ""));
}
