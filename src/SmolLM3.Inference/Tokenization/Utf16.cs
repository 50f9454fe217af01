using System.Text;

namespace SmolLM3.Inference.Tokenization;

/// <summary>Ill-formed UTF-16, which UTF-8 cannot hold.</summary>
internal static class Utf16
{
    /// <summary>The text with every lone surrogate replaced by U+FFFD, or null if it has none.</summary>
    public static string? Repair(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToArray()));
            i++;
        }

        return null;
    }
}
