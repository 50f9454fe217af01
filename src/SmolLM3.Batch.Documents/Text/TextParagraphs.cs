namespace SmolLM3.Batch.Documents.Text;

/// <summary>Finds paragraphs: runs of lines between blank lines, broken further where a line plainly begins something new.</summary>
internal static class TextParagraphs
{
    public static IEnumerable<(int Start, int End)> Split(string text)
    {
        int start = -1;
        int end = 0;
        int lines = 0;
        foreach (var (lineStart, lineEnd) in Lines(text))
        {
            var (first, last) = Trim(text, lineStart, lineEnd);
            if (start >= 0 && (first == last || BeginsNew(text, start, end, lines, first, last)))
            {
                yield return (start, end);
                start = -1;
            }

            if (first == last) continue;
            if (start < 0) (start, lines) = (first, 0);
            end = last;
            lines++;
        }

        if (start >= 0) yield return (start, end);
    }

    private static bool BeginsNew(string text, int start, int end, int lines, int first, int last) =>
        ListMarker.IsMatch(text.AsSpan(first, last - first)) || HeadingGuess.StandsAlone(text.AsSpan(start, end - start), lines);

    private static (int First, int Last) Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return (start, end);
    }

    /// <summary>Lines without their ends; a form feed ends a line too.</summary>
    private static IEnumerable<(int Start, int End)> Lines(string text)
    {
        int start = 0;
        while (start <= text.Length)
        {
            int end = text.AsSpan(start).IndexOfAny('\n', '\f');
            end = end < 0 ? text.Length : start + end;
            yield return (start, end);
            start = end + 1;
        }
    }
}
