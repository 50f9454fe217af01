using System.Globalization;

namespace SmolLM3.Local.BlobServer.Protocol;

/// <summary>The bytes that a read asks for.</summary>
internal readonly record struct HttpRange(long Offset, long Length)
{
    /// <summary>null where the request asks for the whole blob.</summary>
    public static HttpRange? Of(BlobRequest request, long blobLength)
    {
        string name = request.Header("x-ms-range") is null ? "Range" : "x-ms-range";
        if (request.Header(name) is not { } text)
            return null;
        string[] ends = text.StartsWith("bytes=", StringComparison.Ordinal) ? text["bytes=".Length..].Split('-') : [];
        if (ends.Length != 2 || !TryParse(ends[0], out long first))
            throw StorageException.InvalidHeader(name, text);
        long last = blobLength - 1;
        if (ends[1].Length > 0)
        {
            if (!TryParse(ends[1], out long end) || end < first)
                throw StorageException.InvalidHeader(name, text);
            last = Math.Min(end, last);
        }

        return first >= blobLength ? throw StorageException.InvalidRange(blobLength) : new HttpRange(first, last - first + 1);
    }

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
