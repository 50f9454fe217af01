using System.Text;

namespace SmolLM3.Batch.Documents.Text;

/// <summary>Bytes to text: byte order mark, then the declared charset, then UTF-8, UTF-16 without a mark, and Windows-1252 as the last resort.</summary>
internal static class TextDecoder
{
    static TextDecoder() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static string Decode(ReadOnlySpan<byte> bytes, string name, string? charset, DocumentLimits limits)
    {
        string text = DecodeRaw(bytes, name, charset);
        if (text.Length > limits.MaxCharacters) throw Faults.TooManyCharacters(name, limits);
        RejectBinary(text, name);
        return Normalize(text);
    }

    /// <summary>Line ends become <c>\n</c>; a NUL becomes the replacement character, as in CommonMark.</summary>
    public static string Normalize(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n').Replace('\0', '\uFFFD');

    private static string DecodeRaw(ReadOnlySpan<byte> bytes, string name, string? charset)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return Encoding.UTF8.GetString(bytes[3..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0])) return Encoding.UTF32.GetString(bytes[4..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])) return new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetString(bytes[4..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(bytes[2..]);

        if (!string.IsNullOrEmpty(charset)) return Declared(charset, name).GetString(bytes);
        if (System.Text.Unicode.Utf8.IsValid(bytes) && bytes.IndexOf((byte)0) < 0) return Encoding.UTF8.GetString(bytes);
        if (Utf16(bytes) is { } utf16) return utf16.GetString(bytes);
        return Encoding.GetEncoding(1252).GetString(bytes);
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
                DocumentFault.Unsupported, $"'{name}' declares the unknown charset '{charset}'. Send it as UTF-8, or name its real charset.", error);
        }
    }

    /// <summary>Latin text in UTF-16 has a zero byte in nearly every pair, always on the same side.</summary>
    private static Encoding? Utf16(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes.Length % 2 != 0) return null;
        int even = 0;
        int odd = 0;
        int pairs = Math.Min(bytes.Length, 4096) / 2;
        for (int i = 0; i < pairs; i++)
        {
            if (bytes[2 * i] == 0) even++;
            if (bytes[2 * i + 1] == 0) odd++;
        }

        if (odd > pairs * 0.7 && even < pairs * 0.1) return Encoding.Unicode;
        if (even > pairs * 0.7 && odd < pairs * 0.1) return Encoding.BigEndianUnicode;
        return null;
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
