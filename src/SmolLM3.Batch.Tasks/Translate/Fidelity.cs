using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Checks what can be checked without knowing either language: tags, numbers, placeholders, addresses and length.</summary>
internal static partial class Fidelity
{
    /// <summary>Whether <paramref name="target"/> has everything of <paramref name="source"/> that must survive.</summary>
    public static bool Keeps(string source, string target) =>
        TaggedText.Signature(source) == TaggedText.Signature(target) && KeepsContent(source, target);

    /// <summary>The same apart from the tags around formatted text.</summary>
    public static bool KeepsWithoutFormatting(string source, string target) =>
        TaggedText.Signature(TaggedText.WithoutPairs(source)) == TaggedText.Signature(TaggedText.WithoutPairs(target))
            && KeepsContent(source, target);

    /// <summary>What must stand in the translation as it is, for a second attempt.</summary>
    public static IReadOnlyList<string> MustKeep(string source) =>
        [.. Tags().Matches(source).Select(match => match.Value).Concat(Numbers(source)).Concat(Placeholders(source)).Distinct()];

    private static bool KeepsContent(string source, string target)
    {
        string from = TaggedText.Plain(source);
        string to = TaggedText.Plain(target);
        if (string.IsNullOrWhiteSpace(to) || to.Contains('\uFFFD')) return false;

        // Languages differ in length by far less; a runaway or a stub is no translation.
        if (to.Length > 40 + 3 * from.Length || to.Length * 4 + 12 < from.Length) return false;
        return Same(Numbers(from), Numbers(to)) && Same(Placeholders(from), Placeholders(to));
    }

    /// <summary>Runs of digits: languages write 1,000.50 and 1.000,50, but the runs are the same.</summary>
    private static IEnumerable<string> Numbers(string text) => Digits().Matches(TaggedText.Plain(text)).Select(match => match.Value);

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value);

    private static bool Same(IEnumerable<string> left, IEnumerable<string> right) =>
        left.Order(StringComparer.Ordinal).SequenceEqual(right.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    [GeneratedRegex(@"</?a?\d{1,6}/?>", RegexOptions.NonBacktracking)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Digits();

    [GeneratedRegex(
        @"\{[^{}\s]{1,40}\}|\$\{[^{}]{1,40}\}|%[sd]|https?://[^\s<>()]{1,300}[^\s<>().,;:]|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}\w|\[[_ ]{2,40}\]|_{3,80}",
        RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
