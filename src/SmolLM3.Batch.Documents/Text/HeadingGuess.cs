using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Documents.Text;

/// <summary>
/// Guesses whether a paragraph of plain text is a heading. It errs towards no: a missed heading costs a citation its section name,
/// a false one splits a clause.
/// </summary>
internal static partial class HeadingGuess
{
    private const int LongestHeading = 120;

    /// <summary>
    /// Running text fills its lines; a line that stops this early and looks like a heading is one, even with no blank line behind it.
    /// </summary>
    private const int LongestLoneHeading = 50;

    /// <summary>Level from 1 to 6, or null for ordinary text.</summary>
    public static int? Level(ReadOnlySpan<char> paragraph)
    {
        var first = FirstLine(paragraph, out var rest);
        if (first.Length is 0 or > LongestHeading || IsColumns(first)) return null;
        if (IsUnderline(rest)) return rest.TrimStart()[0] == '=' ? 1 : 2;
        if (!rest.IsEmpty) return null;
        if (ArticlePattern().IsMatch(first)) return 1;
        if (EndsLikeSentence(first)) return null;
        if (NumberedPattern().IsMatch(first)) return NumberingDepth(first);
        return IsCapitals(first) ? 1 : null;
    }

    /// <summary>The heading without its underline.</summary>
    public static string Title(ReadOnlySpan<char> paragraph) => FirstLine(paragraph, out _).ToString();

    /// <summary>Whether the lines so far are a heading even though text follows in the next line.</summary>
    public static bool StandsAlone(ReadOnlySpan<char> paragraph, int lines) =>
        (lines == 1 && paragraph.Length <= LongestLoneHeading && Level(paragraph) is not null)
        || (lines == 1 && ArticlePattern().IsMatch(paragraph) && !IsColumns(paragraph))
        || (lines == 2 && Level(paragraph) is not null);

    private static ReadOnlySpan<char> FirstLine(ReadOnlySpan<char> paragraph, out ReadOnlySpan<char> rest)
    {
        int end = paragraph.IndexOf('\n');
        rest = end < 0 ? default : paragraph[(end + 1)..].Trim();
        return (end < 0 ? paragraph : paragraph[..end]).Trim();
    }

    private static bool IsUnderline(ReadOnlySpan<char> line) =>
        line.Length >= 3 && (line.IndexOfAnyExcept('=') < 0 || line.IndexOfAnyExcept('-') < 0);

    private static bool EndsLikeSentence(ReadOnlySpan<char> line) =>
        line[^1] is '.' or ';' or ',' or ':' or '!' or '?' && !NumberOnlyPattern().IsMatch(line);

    /// <summary>Wide gaps part the columns of a table or of signatures, not the words of a heading.</summary>
    private static bool IsColumns(ReadOnlySpan<char> line) =>
        line.Contains("   ", StringComparison.Ordinal) || line.Contains('\t') && line.Count('\t') > 1;

    private static int NumberingDepth(ReadOnlySpan<char> line)
    {
        var number = line[..line.IndexOfAny(' ', '\t')].TrimEnd('.');
        return Math.Min(6, number.Count('.') + 1);
    }

    /// <summary>Scripts without capitals have no headings in capitals.</summary>
    private static bool IsCapitals(ReadOnlySpan<char> line)
    {
        int letters = 0;
        foreach (char c in line)
        {
            if (char.IsLower(c)) return false;
            if (char.IsUpper(c)) letters++;
        }

        return letters >= 4 && line.Length <= 80 && letters * 2 >= line.Length;
    }

    [GeneratedRegex(
        @"^(?:ARTICLE|Article|SECTION|Section|CHAPTER|Chapter|PART|Part|SCHEDULE|Schedule|EXHIBIT|Exhibit|ANNEX|Annex|APPENDIX|Appendix|ARTIKEL|Artikel|ABSCHNITT|Abschnitt|ARTÍCULO|Artículo|CLÁUSULA|Cláusula|ARTICOLO|Articolo|ARTIGO|Artigo|ANNEXE|Annexe|ALLEGATO|Allegato|ANEXO|Anexo|ANLAGE|Anlage|§) {0,2}[0-9IVXLCA-H]{1,6}(?:er)?(?:[ .:)–—-][^.;]{0,100})?$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex ArticlePattern();

    [GeneratedRegex(@"^\d{1,3}(?:\.\d{1,3}){0,4}\.?[ \t]+\p{Lu}[^\n]{0,78}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex NumberedPattern();

    [GeneratedRegex(@"^\d{1,3}(?:\.\d{1,3}){0,4}\.?$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex NumberOnlyPattern();
}
