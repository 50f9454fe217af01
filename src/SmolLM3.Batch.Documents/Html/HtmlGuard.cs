namespace SmolLM3.Batch.Documents.Html;

/// <summary>Refuses pages whose nesting would make the parser's tree a tower, before the parser builds it.</summary>
internal static class HtmlGuard
{
    /// <summary>
    /// An upper bound on open elements: opening tags minus closing tags. Void elements and omitted closing tags
    /// (<c>&lt;p&gt;</c>, <c>&lt;li&gt;</c>, cells) are not counted, for they do not nest.
    /// </summary>
    public static void Check(string html, string name, DocumentLimits limits)
    {
        int open = 0;
        int i = 0;
        while ((i = html.IndexOf('<', i)) >= 0 && i + 1 < html.Length)
        {
            char next = html[++i];
            if (next == '/') open = Math.Max(0, open - 1);
            else if (char.IsAsciiLetter(next) && Nests(html, i) && ++open > 8 * limits.MaxDepth) throw Faults.TooDeep(name, limits);
        }
    }

    private static bool Nests(string html, int start)
    {
        int end = start;
        while (end < html.Length && end - start < 12 && char.IsAsciiLetterOrDigit(html[end])) end++;
        var tag = html.AsSpan(start, end - start);
        foreach (string flat in Flat)
        {
            if (tag.Equals(flat, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    private static readonly string[] Flat =
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "caption",
    ];
}
