using System.Text;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>Text from outside as Markdown that shows it as it is.</summary>
internal static class MarkdownEscape
{
    /// <summary>Text on a line of its own, or behind markup.</summary>
    public static string Inline(string text) => Text(text, atLineStart: true, inTable: true);

    /// <summary>Escapes what would be markup, and no more: prose stays readable.</summary>
    public static string Text(string text, bool atLineStart, bool inTable)
    {
        var escaped = new StringBuilder(text.Length + 8);
        int first = 0;
        while (atLineStart && first < text.Length && char.IsWhiteSpace(text[first])) first++;
        for (int i = first; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\n' or '\r') c = ' ';
            if (IsMarkup(text, i, inTable) || (atLineStart && OpensBlock(text, first, i))) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    private static bool IsMarkup(string text, int i, bool inTable) => text[i] switch
    {
        '\\' or '`' or '*' or '[' or ']' or '<' => true,
        '|' => inTable,
        '_' => !(i > 0 && char.IsLetterOrDigit(text[i - 1]) && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1])),
        '&' => i + 1 < text.Length && (char.IsAsciiLetter(text[i + 1]) || text[i + 1] == '#'),
        '~' => (i > 0 && text[i - 1] == '~') || (i + 1 < text.Length && text[i + 1] == '~'),
        _ => false,
    };

    /// <summary>Marks that at the start of a line begin a heading, an item, a quotation, a rule or a table.</summary>
    private static bool OpensBlock(string text, int first, int i)
    {
        char c = text[i];
        if (i == first) return c is '#' or '+' or '-' or '=' or '>' or '|' or ':' or '~';
        bool behind = i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]);
        bool numbered = behind && i - first <= 9 && text.AsSpan(first, i - first).IndexOfAnyExceptInRange('0', '9') < 0;
        return c is '.' or ')' && numbered;
    }
}
