using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Finds the terms that a document defines in quotation marks and uses again: “Supplier”, « Client », „Vertrag“.</summary>
internal static partial class DefinedTerms
{
    private const int Most = 60;

    public static IReadOnlyList<string> Find(IReadOnlyList<string> texts)
    {
        var candidates = new List<string>();
        foreach (string text in texts)
        {
            foreach (Match match in Quoted().Matches(text))
            {
                string term = match.Groups[1].Value.Trim();
                if (term.Split(' ').Length <= 5 && !candidates.Contains(term, StringComparer.Ordinal)) candidates.Add(term);
            }
        }

        return [.. candidates.Take(4 * Most).Where(term => texts.Count(text => IsIn(term, text)) >= 2).Take(Most)];
    }

    /// <summary>Whether the term stands in the text as whole words.</summary>
    public static bool IsIn(string term, string text)
    {
        for (int i = text.IndexOf(term, StringComparison.Ordinal); i >= 0; i = text.IndexOf(term, i + 1, StringComparison.Ordinal))
        {
            bool before = i == 0 || !char.IsLetterOrDigit(text[i - 1]);
            bool after = i + term.Length == text.Length || !char.IsLetterOrDigit(text[i + term.Length]);
            if (before && after) return true;
        }

        return false;
    }

    /// <summary>Whether a translation uses the term's translation, whatever its ending: languages inflect.</summary>
    public static bool IsUsed(string translation, string text) => translation.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
        text.Contains(word.Length <= 4 ? word : word[..Math.Max(4, word.Length * 7 / 10)], StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("""[“"«„]\s?(\p{Lu}[\p{L}\p{Nd} &/'’.-]{1,58}[\p{L}\p{Nd}.])\s?[”"»“]""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
