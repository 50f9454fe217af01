using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Reads tiktoken's ranks file: a line per token, its bytes in base64, a space and its rank (or no rank: the line's number).
/// </summary>
internal static class RanksFile
{
    private static ReadOnlySpan<byte> Capacity => "Capacity: "u8;

    public static (ByteTable Ranks, Dictionary<int, ReadOnlyMemory<byte>> Decoder) Load(Stream stream)
    {
        var file = new MemoryStream();
        try
        {
            stream.CopyTo(file);
            return Parse(file.GetBuffer().AsSpan(0, (int)file.Length));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            throw new InvalidOperationException($"Failed to load from BPE vocab file stream: {e.Message}", e);
        }
    }

    private static (ByteTable, Dictionary<int, ReadOnlyMemory<byte>>) Parse(ReadOnlySpan<byte> file)
    {
        const int ShortestLine = 7;
        var ranks = new ByteTable(file.Length / ShortestLine);
        var decoder = new Dictionary<int, ReadOnlyMemory<byte>>(file.Length / ShortestLine);
        bool? hasRanks = null;
        int lineNumber = 0;
        while (!file.IsEmpty)
        {
            int end = file.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? file : file[..end]).TrimEnd((byte)'\r');
            file = end < 0 ? default : file[(end + 1)..];
            if (line.IsEmpty || (hasRanks is null && line.StartsWith(Capacity)))
            {
                lineNumber += hasRanks == false ? 1 : 0;
                continue;
            }

            int space = line.IndexOf((byte)' ');
            hasRanks ??= space >= 0;
            int rank = lineNumber++;
            if (hasRanks.Value && (space <= 0 || !TryParseRank(line[(space + 1)..], out rank)))
                throw new FormatException($"'{Encoding.UTF8.GetString(line)}' is not a base64 token, a space and a rank");
            byte[] token = Token(hasRanks.Value ? line[..space] : line);
            ranks.Set(token, rank);
            decoder[rank] = token;
        }

        return (ranks, decoder);
    }

    private static bool TryParseRank(ReadOnlySpan<byte> text, out int rank) =>
        Utf8Parser.TryParse(text, out rank, out int used) && used == text.Length && rank >= 0;

    private static byte[] Token(ReadOnlySpan<byte> base64)
    {
        if (!Base64.IsValid(base64, out int length) || length == 0)
            throw new FormatException($"'{Encoding.UTF8.GetString(base64)}' is not the base64 of a token");
        byte[] token = new byte[length];
        return Base64.DecodeFromUtf8(base64, token, out _, out _) == OperationStatus.Done
            ? token
            : throw new FormatException($"'{Encoding.UTF8.GetString(base64)}' is not the base64 of a token");
    }
}
