using System.Text;

namespace SmolLM3.Batch.Documents.Text;

/// <summary>
/// Bytes to text: byte order mark, then the declared charset, then UTF-8, UTF-16 without a mark, and Windows-1252 as the last resort.
/// </summary>
internal static class TextDecoder
{
    private const string Guessed = "The file is not UTF-8 and its encoding is not declared: it was read as Windows-1252. "
        + "If letters look wrong, send it as UTF-8 or name its charset.";

    static TextDecoder() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static DecodedText Decode(ReadOnlySpan<byte> bytes, string name, string? charset, DocumentLimits limits)
    {
        string? text = DecodeKnown(bytes, name, charset);
        IReadOnlyList<string> warnings = text is null ? [Guessed] : [];
        text ??= Encoding.GetEncoding(1252).GetString(bytes);
        if (text.Length > limits.MaxCharacters) throw Faults.TooManyCharacters(name, limits);
        RejectBinary(text, name);
        return new DecodedText(Normalize(text), warnings);
    }

    /// <summary>Line ends become <c>\n</c>; a NUL becomes the replacement character, as in CommonMark.</summary>
    public static string Normalize(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n').Replace('\0', '\uFFFD');

    private static string? DecodeKnown(ReadOnlySpan<byte> bytes, string name, string? charset)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return Encoding.UTF8.GetString(bytes[3..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0])) return Encoding.UTF32.GetString(bytes[4..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetString(bytes[4..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(bytes[2..]);

        if (!string.IsNullOrEmpty(charset)) return Declared(charset, name).GetString(bytes);
        if (Utf16Guess.Of(bytes) is { } utf16) return utf16.GetString(bytes);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    private static Encoding Declared(string charset, string name)
    {
        try
        {
            return Encoding.GetEncoding(charset.Trim('"', '\''));
        }
        catch (ArgumentException error)
        {
            throw new DocumentException(
                DocumentFault.Unsupported,
                $"'{name}' declares the unknown charset '{charset}'. Send it as UTF-8, or name its real charset.", error);
        }
    }

    /// <summary>Prose has hardly any control characters; programs, pictures and archives are full of them.</summary>
    private static void RejectBinary(string text, string name)
    {
        int suspicious = 0;
        foreach (char c in text)
        {
            if (c is '\uFFFD' || (char.IsControl(c) && c is not ('\n' or '\r' or '\t' or '\f' or '\v' or '\u0085'))) suspicious++;
        }

        if (suspicious > 8 && suspicious > text.Length / 200)
        {
            throw new DocumentException(
                DocumentFault.Corrupt,
                $"'{name}' is binary data, not text. Check that the right file was uploaded and that its extension and charset are true.");
        }
    }
}
