using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Which characters of a piece each of its tokens covers. A character that is split over tokens belongs to each of them.</summary>
internal static class PlacedTokens
{
    public delegate void Encoder(ReadOnlySpan<char> piece, List<int> ids);

    public static List<(int Id, int Start, int End)> Of(
        ReadOnlySpan<char> piece, Encoder encode, Dictionary<int, ReadOnlyMemory<byte>> decoder)
    {
        var ids = new List<int>();
        encode(piece, ids);
        int[] charOfByte = CharOfByte(piece);
        var placed = new List<(int, int, int)>(ids.Count);
        int offset = 0;
        foreach (int id in ids)
        {
            int start = charOfByte[offset];
            int end = offset += decoder[id].Length;
            while (end < charOfByte.Length && charOfByte[end] == charOfByte[end - 1])
                end++;
            placed.Add((id, start, charOfByte[end]));
        }

        return placed;
    }

    /// <summary>
    /// Adds the longest row of the piece's first tokens that is at most <paramref name="room"/> long and ends on a whole character.
    /// </summary>
    /// <returns>How many characters they cover.</returns>
    public static int Fit(
        ReadOnlySpan<char> piece, Encoder encode, Dictionary<int, ReadOnlyMemory<byte>> decoder, int room, List<int> ids)
    {
        var placed = Of(piece, encode, decoder);
        while (room > 0 && placed[room].Start < placed[room - 1].End)
            room--;
        ids.AddRange(placed.Take(room).Select(token => token.Id));
        return room == 0 ? 0 : placed[room - 1].End;
    }

    // For each byte of the UTF-8 form the index of its character, and the length of the piece for the place after the last.
    private static int[] CharOfByte(ReadOnlySpan<char> piece)
    {
        var map = new List<int>(piece.Length + 1);
        for (int i = 0; i < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[i..], out Rune rune, out int chars);
            map.AddRange(Enumerable.Repeat(i, rune.Utf8SequenceLength));
            i += chars;
        }

        map.Add(piece.Length);
        return [.. map];
    }
}
