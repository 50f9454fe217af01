using System.Globalization;
using System.Text;

namespace SmolLM3.Batch.Documents.Text;

/// <summary>
/// Tells UTF-16 without a byte order mark from one-byte encodings, and its byte order: read right, nearly all of it are letters, marks and
/// spaces of the scripts in use; read wrong, spaces become rare signs.
/// </summary>
internal static class Utf16Guess
{
    private const int Sample = 8_192;
    private const double NearlyAll = 0.97;

    public static Encoding? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes.Length % 2 != 0 || !HasControls(bytes)) return null;
        var sample = bytes[..Math.Min(bytes.Length, Sample)];
        double little = Score(Encoding.Unicode.GetString(sample));
        double big = Score(Encoding.BigEndianUnicode.GetString(sample));
        if (Math.Max(little, big) < NearlyAll) return null;
        return little >= big ? Encoding.Unicode : Encoding.BigEndianUnicode;
    }

    /// <summary>
    /// One-byte text has no control characters, and UTF-16 has them in every space, digit and Latin letter. UTF-8 may hold a stray one;
    /// what is UTF-16 and by chance valid UTF-8 as well is full of them.
    /// </summary>
    private static bool HasControls(ReadOnlySpan<byte> bytes)
    {
        int controls = 0;
        foreach (byte b in bytes)
        {
            if (b is < 9 or (> 13 and < 32)) controls++;
        }

        return controls > (System.Text.Unicode.Utf8.IsValid(bytes) ? bytes.Length / 10 : 0);
    }

    /// <summary>Share of what can stand in a text, and on top of it the share of common marks and spaces.</summary>
    private static double Score(string text)
    {
        int plausible = 0;
        int common = 0;
        foreach (char c in text)
        {
            if (c is ' ' or '\n' or '\r' or '\t' or '.' or ',' or '\u3001' or '\u3002' or '\uFF0C') common++;
            bool odd =
                char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse
                or UnicodeCategory.Format || c == '\uFFFD';
            if (!odd || c is '\n' or '\r' or '\t' or '\f' or '\u00AD' or (>= '\u200B' and <= '\u200F')) plausible++;
        }

        double share = (double)plausible / text.Length;
        return share < NearlyAll ? 0 : share + (double)common / text.Length;
    }
}
