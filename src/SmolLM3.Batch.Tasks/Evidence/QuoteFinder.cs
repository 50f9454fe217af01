using System.Text.RegularExpressions;
using SmolLM3.Batch.Documents;

namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>
/// Looks quotes up in a document: as they are, then without regard to whitespace, hyphens and typography, then also
/// without what pages repeat at their top and bottom. Thread-safe.
/// </summary>
internal sealed partial class QuoteFinder(Document document)
{
    /// <summary>A shorter "quote" stands in any document by chance and proves nothing.</summary>
    private const int ShortestQuote = 12;

    private readonly Lazy<NormalizedText> _normalized = new(() => new NormalizedText(document.Text));
    private readonly Lazy<NormalizedText?> _withoutRunningLines = new(() =>
        RunningLines.Find(document) is { Count: > 0 } lines ? new NormalizedText(document.Text, lines) : null);

    /// <summary>
    /// Where <paramref name="quote"/> stands, looking from <paramref name="from"/> to <paramref name="to"/> first; null where it does not.
    /// </summary>
    public SourceSpan? Find(string quote, int from = 0, int to = int.MaxValue) => Find(quote, ShortestQuote, from, to);

    /// <summary>The same for a name, which may be shorter.</summary>
    public SourceSpan? FindName(string name, int from = 0, int to = int.MaxValue) => Find(name, 4, from, to);

    /// <summary>The span of a range of the document.</summary>
    public SourceSpan Span(int start, int end)
    {
        var block = document.BlockAt(start);
        return new SourceSpan(start, end, document.PageAt(start), block.HeadingPath, block.Index + 1);
    }

    private SourceSpan? Find(string quote, int shortest, int from, int to)
    {
        quote = Unquoted(quote);
        string normalized = new NormalizedText(quote).Text;
        if (normalized.Length < shortest || !normalized.Any(char.IsLetterOrDigit)) return null;
        to = Math.Min(to, document.Text.Length);
        int exact = document.Text.AsSpan(from, to - from).IndexOf(quote, StringComparison.Ordinal);
        exact = exact >= 0 ? exact + from : document.Text.IndexOf(quote, StringComparison.Ordinal);
        if (exact >= 0) return Span(exact, exact + quote.Length);
        return FindNormalized(_normalized.Value, normalized, from, to)
            ?? (_withoutRunningLines.Value is { } pages ? FindNormalized(pages, normalized, from, to) : null);
    }

    private SourceSpan? FindNormalized(NormalizedText text, string normalized, int from, int to)
    {
        int first = text.At(from);
        int last = text.At(to);
        int found = text.Text.AsSpan(first, last - first).IndexOf(normalized, StringComparison.Ordinal);
        found = found >= 0 ? found + first : text.Text.IndexOf(normalized, StringComparison.Ordinal);
        if (found < 0) return null;
        var (start, end) = text.Original(found, normalized.Length);
        return Span(start, end);
    }

    /// <summary>Without the marks that a prompt put in front of paragraphs, and without quotation marks around the whole.</summary>
    private static string Unquoted(string quote)
    {
        quote = ParagraphMark().Replace(quote, "").Trim();
        return quote.Length > 2 && quote[0] is '"' or '\u201C' or '\u00AB'
            && quote[^1] is '"' or '\u201D' or '\u00BB' && !quote[1..^1].Contains(quote[0])
            ? quote[1..^1].Trim()
            : quote;
    }

    [GeneratedRegex(@"^\s{0,9}\[\d{1,7}\]\s{0,9}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex ParagraphMark();
}
