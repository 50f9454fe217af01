using System.Globalization;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Text with numbered inline tags.</summary>
internal static partial class TaggedText
{
    /// <summary>The beginning of formatted text; of a link, which must not be lost, where <paramref name="link"/>.</summary>
    public static string Open(int number, bool link = false) =>
        string.Create(CultureInfo.InvariantCulture, $"<{(link ? "a" : "")}{number}>");

    public static string Close(int number, bool link = false) =>
        string.Create(CultureInfo.InvariantCulture, $"</{(link ? "a" : "")}{number}>");

    public static string Atom(int number) => string.Create(CultureInfo.InvariantCulture, $"<{number}/>");

    /// <summary>Text that holds no tag: a <c>&lt;</c> before a digit or slash gets a zero-width joiner behind it.</summary>
    public static string Literal(string text) => Tag().IsMatch(text) ? Tag().Replace(text, match => "<\u2060" + match.Value[1..]) : text;

    /// <summary>Undoes <see cref="Literal"/>.</summary>
    public static string FromLiteral(string text) => text.Replace("<\u2060", "<");

    /// <summary>The parts in order: text and tags.</summary>
    public static IEnumerable<TagPart> Parts(string tagged)
    {
        int position = 0;
        foreach (Match match in Tag().Matches(tagged))
        {
            if (match.Index > position) yield return new TagPart(TagKind.Text, 0, FromLiteral(tagged[position..match.Index]));
            int number = int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
            var kind = match.Groups[1].Length > 0 ? TagKind.Close : match.Groups[4].Length > 0 ? TagKind.Atom : TagKind.Open;
            yield return new TagPart(kind, number, match.Value);
            position = match.Index + match.Length;
        }

        if (position < tagged.Length) yield return new TagPart(TagKind.Text, 0, FromLiteral(tagged[position..]));
    }

    /// <summary>The text alone.</summary>
    public static string Plain(string tagged) => FromLiteral(Tag().Replace(tagged, ""));

    /// <summary>Without the tags around formatted text; links, and tags in place of something, stay.</summary>
    public static string WithoutPairs(string tagged) => Tag().Replace(tagged, match =>
        match.Groups[2].Length > 0 || (match.Groups[4].Length > 0 && match.Groups[1].Length == 0) ? match.Value : "");

    /// <summary>Whether every opened tag is closed, in order, and no tag stands twice.</summary>
    public static bool IsWellFormed(string tagged)
    {
        var open = new Stack<int>();
        var seen = new HashSet<int>();
        foreach (var part in Parts(tagged))
        {
            if (part.Kind is TagKind.Open or TagKind.Atom && !seen.Add(part.Number)) return false;
            if (part.Kind == TagKind.Open) open.Push(part.Number);
            if (part.Kind == TagKind.Close && (!open.TryPop(out int number) || number != part.Number)) return false;
        }

        return open.Count == 0;
    }

    /// <summary>The tags, sorted: equal for texts with the same tags in any order.</summary>
    public static string Signature(string tagged) =>
        string.Concat(Tag().Matches(tagged).Select(match => match.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"<(/?)(a?)(\d{1,6})(/?)>", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}

/// <summary>What a part of a tagged text is.</summary>
internal enum TagKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>The beginning of formatted text.</summary>
    Open,

    /// <summary>Its end.</summary>
    Close,

    /// <summary>Something that is not text.</summary>
    Atom,
}

/// <summary>A part of a tagged text.</summary>
internal readonly record struct TagPart(TagKind Kind, int Number, string Text);
