using System.Text;
using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>
/// The lines that pages repeat at their top and bottom: a sentence that runs from one page to the next has them in its midst, and a copy of
/// it has not.
/// </summary>
internal static class RunningLines
{
    /// <summary>Lines at either end of a page that may be repeated.</summary>
    private const int PerEnd = 3;

    /// <summary>Their ranges in order. None where the text has no pages.</summary>
    public static IReadOnlyList<(int Start, int End)> Find(Document document)
    {
        string text = document.Text;
        if (document.PageCount is null or 1 || !text.Contains('\f')) return [];
        var pages = Pages(text).Select(page => Lines(text, page.Start, page.End)).ToList();
        var ends = pages.Select(lines => lines.Take(PerEnd).Concat(lines.TakeLast(PerEnd)).Distinct().ToList()).ToList();
        var repeated = ends.SelectMany(lines => lines.Select(line => Key(text, line)).Distinct())
            .GroupBy(key => key, StringComparer.Ordinal)
            .Where(group => group.Count() >= 2 && 2 * group.Count() >= pages.Count)
            .Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return [.. ends.SelectMany(lines => lines).Where(line => repeated.Contains(Key(text, line))).Order()];
    }

    private static IEnumerable<(int Start, int End)> Pages(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\f', start);
            end = end < 0 ? text.Length : end;
            yield return (start, end);
            start = end + 1;
        }
    }

    /// <summary>Lines that are not blank.</summary>
    private static List<(int Start, int End)> Lines(string text, int start, int end)
    {
        var lines = new List<(int, int)>();
        while (start < end)
        {
            int stop = text.IndexOf('\n', start, end - start);
            stop = stop < 0 ? end : stop;
            if (!text.AsSpan(start, stop - start).IsWhiteSpace()) lines.Add((start, stop));
            start = stop + 1;
        }

        return lines;
    }

    /// <summary>The line with its page number taken out.</summary>
    private static string Key(string text, (int Start, int End) line)
    {
        var key = new StringBuilder();
        foreach (char c in text.AsSpan(line.Start, line.End - line.Start))
        {
            if (!char.IsWhiteSpace(c) && !char.IsDigit(c)) key.Append(c);
        }

        return key.ToString();
    }
}
