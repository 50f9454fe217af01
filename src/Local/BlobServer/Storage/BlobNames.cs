using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmolLM3.Local.BlobServer.Storage;

/// <summary>
/// Blob names and the relative paths that hold them. A plain name is its own path; whatever a file system would mistake
/// (dots, reserved characters, empty segments) is percent-encoded, so that no name leaves the folder and no two share a file.
/// </summary>
internal static class BlobNames
{
    public const int MaxLength = 1024;
    private const int MaxSegmentBytes = 240;
    private const string EmptySegment = "%-";
    private const string Reserved = "%<>:\"|?*\\\u007f";

    public static bool IsContainerName(string name) =>
        name is "$root" or "$web" or "$logs" ||
        (name.Length is >= 3 and <= 63 && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal) &&
         name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'));

    /// <summary>The relative path of a name, with <c>/</c> between segments; null if a file system cannot hold it.</summary>
    public static string? ToPath(string name)
    {
        string[] segments = name.Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = EncodeSegment(segments[i]);
            if (Encoding.UTF8.GetByteCount(segments[i]) > MaxSegmentBytes)
                return null;
        }

        return string.Join('/', segments);
    }

    /// <summary>The name of a relative path; null where the path is not one that a name would have.</summary>
    public static string? FromPath(string path)
    {
        string[] segments = path.Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            if (DecodeSegment(segments[i]) is not { } segment)
                return null;
            segments[i] = segment;
        }

        return string.Join('/', segments);
    }

    public static string? DecodeSegment(string encoded)
    {
        if (encoded.Length == 0)
            return null;
        if (encoded == EmptySegment)
            return "";

        var decoded = new StringBuilder(encoded.Length);
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                decoded.Append(encoded[i]);
                continue;
            }

            if (i + 2 >= encoded.Length ||
                !byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return null;
            decoded.Append((char)value);
            i += 2;
        }

        string segment = decoded.ToString();
        return EncodeSegment(segment) == encoded ? segment : null;
    }

    /// <summary>A fixed-length, file-safe key of a name.</summary>
    public static string Key(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..40];

    private static string EncodeSegment(string segment)
    {
        if (segment.Length == 0)
            return EmptySegment;

        StringBuilder? encoded = null;
        for (int i = 0; i < segment.Length; i++)
        {
            char c = segment[i];
            bool encode = c < ' ' || Reserved.Contains(c) || (c == '.' && (i == 0 || i == segment.Length - 1)) ||
                          (c == ' ' && i == segment.Length - 1);
            if (encode)
                encoded ??= new StringBuilder(segment, 0, i, segment.Length + 16);
            if (encoded is null)
                continue;
            if (encode)
                encoded.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else
                encoded.Append(c);
        }

        return encoded?.ToString() ?? segment;
    }
}
