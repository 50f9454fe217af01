namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>
/// Refuses what makes Markdig's time grow with the square of the text: towers of indented items, backtick runs of very many lengths,
/// and paragraphs of mere delimiters.
/// </summary>
internal static class MarkdownGuard
{
    private const int MostRunLengths = 200;
    private const int MostDelimiters = 20_000;

    public static void Check(string text, string name, DocumentLimits limits)
    {
        var lengths = new HashSet<int>();
        int indented = 0;
        int delimiters = 0;
        bool lineStart = true;
        int column = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                if (lineStart) delimiters = 0;
                lineStart = true;
                column = 0;
            }
            else if (lineStart && c is ' ' or '\t')
            {
                column += c == '\t' ? 4 : 1;
            }
            else if (lineStart)
            {
                lineStart = false;

                // Each level of a list indents by two columns at least.
                if (column > 2 * limits.MaxDepth && IsMarker(text, i) && ++indented > limits.MaxDepth) throw Faults.TooDeep(name, limits);
            }

            if (c is '*' or '_' or '[' or '!' && ++delimiters > MostDelimiters) throw Faults.TooDeep(name, limits);
            if (c != '`') continue;
            int end = i;
            while (end + 1 < text.Length && text[end + 1] == '`') end++;
            if (lengths.Add(end - i) && lengths.Count > MostRunLengths) throw Faults.Corrupt(name, "Markdown");
            i = end;
        }
    }

    private static bool IsMarker(string text, int i) =>
        text[i] is '-' or '*' or '+' or '>' || char.IsAsciiDigit(text[i]);
}
