using System.Globalization;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Evidence;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>The source at the end of a report: numbered paragraphs that quotes link to, with the quoted words marked.</summary>
internal static class SourceView
{
    /// <summary>A longer document shows its cited paragraphs and their neighbours only.</summary>
    private const int WholeUpTo = 300_000;

    private const int LongestParagraph = 20_000;

    /// <summary>The link target of a span.</summary>
    public static string Anchor(SourceSpan span) => Anchor(span.Paragraph);

    /// <summary>Where a span stands, for people.</summary>
    public static string Place(SourceSpan span)
    {
        string paragraph = "¶ " + span.Paragraph.ToString(CultureInfo.InvariantCulture);
        string place = span.Page is { } page ? $"p. {page.ToString(CultureInfo.InvariantCulture)}, {paragraph}" : paragraph;
        return span.Section.Count == 0 ? place : $"{place} · {span.Section[^1]}";
    }

    /// <summary>The same in a few characters.</summary>
    public static string Short(SourceSpan span) => span.Page is { } page
        ? "p. " + page.ToString(CultureInfo.InvariantCulture)
        : "¶ " + span.Paragraph.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the section; nothing where nothing is cited.</summary>
    /// <param name="html">The page.</param>
    /// <param name="document">The source.</param>
    /// <param name="spans">What is cited.</param>
    /// <param name="markWords">Whether the cited words themselves are marked, or only their paragraphs' numbers.</param>
    public static void Write(HtmlWriter html, Document document, IReadOnlyCollection<SourceSpan> spans, bool markWords = true)
    {
        if (spans.Count == 0) return;
        bool whole = document.Text.Length <= WholeUpTo;
        var shown = whole ? Enumerable.Range(0, document.Blocks.Count) : Neighbours(document, spans);
        var marks = spans.Select(span => (span.Start, span.End)).Distinct().OrderBy(mark => mark.Start).ToList();

        html.Open("section", ("class", "source")).Element("h2", "Source");
        if (!whole) html.Element("p", "The document is long: only cited paragraphs and their neighbours are shown.", ("class", "meta"));
        int previous = -1;
        int nextMark = 0;
        foreach (int index in shown)
        {
            if (index != previous + 1) html.Element("p", "⋯", ("class", "gap"));
            previous = index;
            var block = document.Blocks[index];
            while (nextMark < marks.Count && marks[nextMark].End <= block.Start) nextMark++;
            bool cited = nextMark < marks.Count && marks[nextMark].Start < block.End;
            WriteBlock(html, document, block, cited, markWords ? marks : [], nextMark);
        }

        html.Close();
    }

    private static string Anchor(int paragraph) => "p" + paragraph.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<int> Neighbours(Document document, IEnumerable<SourceSpan> spans) => spans
        .SelectMany(
            span => Enumerable.Range(span.Paragraph - 2, document.BlockAt(Math.Max(span.Start, span.End - 1)).Index - span.Paragraph + 4))
        .Where(index => index >= 0 && index < document.Blocks.Count)
        .Distinct()
        .Order();

    private static void WriteBlock(
        HtmlWriter html, Document document, Block block, bool cited, List<(int Start, int End)> marks, int nextMark)
    {
        string Readable(int from, int to) => SourceText.Readable(document.Text[from..to], document.Format);

        string anchor = Anchor(block.Index + 1);
        html.Open("p", ("id", anchor), ("class", block.Kind == BlockKind.Paragraph ? null : block.Kind.ToString().ToLowerInvariant()));
        string number = (block.Index + 1).ToString(CultureInfo.InvariantCulture);
        html.Element(
            "a", number, ("class", cited ? "number cited" : "number"), ("href", "#" + anchor), ("aria-label", "Paragraph " + number));
        int position = block.Start;
        int end = Math.Min(block.End, block.Start + LongestParagraph);
        if (block.Kind == BlockKind.Heading)
        {
            while (position < end && document.Text[position] is '#' or ' ') position++;
        }

        for (int i = nextMark; i < marks.Count && marks[i].Start < end; i++)
        {
            int from = Math.Max(position, marks[i].Start);
            int to = Math.Min(end, marks[i].End);
            if (from >= to) continue;
            html.Text(Readable(position, from)).Element("mark", Readable(from, to));
            position = to;
        }

        html.Text(Readable(position, end));
        if (end < block.End) html.Text(" …");
        html.Close();
    }
}
