using System.Text;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>Tidies what a model wrote.</summary>
internal static class CleanText
{
    /// <summary>One line without control characters, lone surrogates or doubled spaces.</summary>
    public static string OneLine(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
            }
            else
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString().TrimEnd();
    }
}
