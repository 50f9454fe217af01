using System.Text;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>The charset that a page declares in its first kilobyte, as browsers look for it.</summary>
internal static partial class HtmlCharset
{
    public static string? Declared(ReadOnlySpan<byte> bytes)
    {
        string head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 1024)]);
        var match = Pattern().Match(head);
        if (!match.Success) return null;
        string charset = match.Groups[1].Value;

        // A page that can be read far enough to find "utf-16" is not UTF-16.
        return charset.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? "utf-8" : charset;
    }

    [GeneratedRegex("""<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([A-Za-z0-9_:.-]{1,40})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
