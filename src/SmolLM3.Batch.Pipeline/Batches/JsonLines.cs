using System.Runtime.CompilerServices;

namespace SmolLM3.Batch.Pipeline;

/// <summary>A line of a JSONL file.</summary>
/// <param name="Number">Its number in the stream, from 1.</param>
/// <param name="Offset">Its first byte in the stream.</param>
/// <param name="Length">Its bytes with the line end.</param>
/// <param name="Content">Its bytes without line end and white space around; empty if it is longer than allowed.</param>
/// <param name="TooLong">Whether it is longer than allowed.</param>
internal readonly record struct JsonLine(int Number, long Offset, int Length, ReadOnlyMemory<byte> Content, bool TooLong)
{
    public bool IsBlank => Content.IsEmpty && !TooLong;
}

/// <summary>Reads JSONL a line at a time, in memory bounded by the longest line allowed.</summary>
internal static class JsonLines
{
    public static async IAsyncEnumerable<JsonLine> ReadAsync(
        Stream stream, int maxLineBytes, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = new byte[64 << 10];
        var line = new MemoryStream();
        var (number, offset, length) = (1, 0L, 0);
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            for (var start = 0; start < read;)
            {
                var end = Array.IndexOf(buffer, (byte)'\n', start, read - start);
                var stop = end < 0 ? read : end + 1;
                length += stop - start;
                if (length <= maxLineBytes)
                    line.Write(buffer, start, stop - start);
                start = stop;
                if (end < 0)
                    continue;
                yield return Line(number++, offset, length, line, maxLineBytes);
                (offset, length) = (offset + length, 0);
                line.SetLength(0);
            }
        }
        if (length > 0)
            yield return Line(number, offset, length, line, maxLineBytes);
    }

    private static JsonLine Line(int number, long offset, int length, MemoryStream line, int maxLineBytes)
    {
        if (length > maxLineBytes)
            return new JsonLine(number, offset, length, default, true);
        var content = line.ToArray().AsMemory();
        if (content.Span.StartsWith("\uFEFF"u8) && number == 1)
            content = content[3..];
        return new JsonLine(number, offset, length, Trim(content), false);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> content)
    {
        var span = content.Span;
        var (start, end) = (0, span.Length);
        while (start < end && span[start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start++;
        while (end > start && span[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            end--;
        return content[start..end];
    }
}
