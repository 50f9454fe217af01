using System.Buffers.Text;
using System.Globalization;

namespace Microsoft.ML.Tokenizers;

/// <summary>Reads tiktoken's ranks file: a line per token, its bytes in base64, a space and its rank (or no rank: the line's number).</summary>
internal static class RanksFile
{
    private const string Capacity = "Capacity: ";

    public static (ByteTable Ranks, Dictionary<int, ReadOnlyMemory<byte>> Decoder) Load(Stream stream)
    {
        var ranks = new ByteTable();
        var decoder = new Dictionary<int, ReadOnlyMemory<byte>>();
        try
        {
            // The stream is the caller's to close.
            var reader = new StreamReader(stream, leaveOpen: true);
            bool? hasRanks = null;
            int lineNumber = 0;
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0)
                {
                    lineNumber += hasRanks == false ? 1 : 0;
                    continue;
                }

                if (hasRanks is null && line.StartsWith(Capacity, StringComparison.Ordinal))
                    continue;
                int space = line.IndexOf(' ');
                hasRanks ??= space >= 0;
                int rank = lineNumber++;
                if (hasRanks.Value && (space <= 0 || !int.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out rank)))
                    throw new FormatException($"'{line}' is not a base64 token, a space and a rank");
                byte[] token = Token(hasRanks.Value ? line.AsSpan(0, space) : line);
                ranks.Set(token, rank);
                decoder[rank] = token;
            }
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            throw new InvalidOperationException($"Failed to load from BPE vocab file stream: {e.Message}", e);
        }

        return (ranks, decoder);
    }

    private static byte[] Token(ReadOnlySpan<char> base64)
    {
        if (!Base64.IsValid(base64, out int length) || length == 0)
            throw new FormatException($"'{base64}' is not the base64 of a token");
        byte[] token = new byte[length];
        Convert.TryFromBase64Chars(base64, token, out _);
        return token;
    }
}
