using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Byte pair encoding by rank: of all neighbours whose concatenation is a token, the one of the lowest rank (the leftmost, if several)
/// is joined, until none is left.
/// </summary>
internal static class BytePairEncoder
{
    // A scan for the lowest rank beats a heap on words; a heap keeps a run of 100,000 letters from taking minutes.
    private const int LongestScanned = 128;

    /// <summary>
    /// Writes the end offset of every token into <paramref name="ends"/> (as long as <paramref name="bytes"/>) and returns how many there
    /// are.
    /// </summary>
    public static int Encode(ReadOnlySpan<byte> bytes, ByteTable ranks, Span<int> ends) =>
        bytes.Length <= LongestScanned ? EncodeShort(bytes, ranks, ends) : EncodeLong(bytes, ranks, ends);

    private static int EncodeShort(ReadOnlySpan<byte> bytes, ByteTable ranks, Span<int> ends)
    {
        // starts[i] is where part i begins; pairs[i] the rank of joining parts i and i + 1.
        Span<int> starts = stackalloc int[LongestScanned + 2];
        Span<int> pairs = stackalloc int[LongestScanned + 1];
        int parts = bytes.Length;
        for (int i = 0; i <= parts; i++)
            starts[i] = i;
        for (int i = 0; i + 1 < parts; i++)
            pairs[i] = ranks.RankOf(bytes.Slice(i, 2));

        while (parts > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < parts; i++)
            {
                if (pairs[i] < pairs[best])
                    best = i;
            }

            if (pairs[best] == int.MaxValue)
                break;
            starts[(best + 2)..(parts + 1)].CopyTo(starts[(best + 1)..]);
            if (best + 2 < parts)
                pairs[(best + 2)..(parts - 1)].CopyTo(pairs[(best + 1)..]);
            parts--;
            if (best + 1 < parts)
                pairs[best] = ranks.RankOf(bytes[starts[best]..starts[best + 2]]);
            if (best > 0)
                pairs[best - 1] = ranks.RankOf(bytes[starts[best - 1]..starts[best + 1]]);
        }

        starts[1..(parts + 1)].CopyTo(ends);
        return parts;
    }

    private static int EncodeLong(ReadOnlySpan<byte> bytes, ByteTable ranks, Span<int> ends)
    {
        int length = bytes.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(length * 3);
        try
        {
            // A part is known by its first byte: where it ends, where the part before it begins, and the rank of joining it to the next.
            Span<int> end = rented.AsSpan(0, length);
            Span<int> previous = rented.AsSpan(length, length);
            Span<int> pair = rented.AsSpan(2 * length, length);
            var heap = new PriorityQueue<int, (int Rank, int Start)>(length);
            for (int i = 0; i < length; i++)
            {
                end[i] = i + 1;
                previous[i] = i - 1;
                pair[i] = i + 1 < length ? ranks.RankOf(bytes.Slice(i, 2)) : int.MaxValue;
                if (pair[i] != int.MaxValue)
                    heap.Enqueue(i, (pair[i], i));
            }

            while (heap.TryDequeue(out int start, out var key))
            {
                if (pair[start] != key.Rank)
                    continue;
                int joined = end[start];
                end[start] = end[joined];
                pair[joined] = int.MaxValue;
                if (end[start] < length)
                    previous[end[start]] = start;
                Rank(start, bytes, ranks, end, pair, heap);
                if (previous[start] >= 0)
                    Rank(previous[start], bytes, ranks, end, pair, heap);
            }

            int parts = 0;
            for (int start = 0; start < length; start = end[start])
                ends[parts++] = end[start];
            return parts;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static void Rank(
        int start, ReadOnlySpan<byte> bytes, ByteTable ranks, Span<int> end, Span<int> pair, PriorityQueue<int, (int Rank, int Start)> heap)
    {
        int next = end[start];
        pair[start] = next < bytes.Length ? ranks.RankOf(bytes[start..end[next]]) : int.MaxValue;
        if (pair[start] != int.MaxValue)
            heap.Enqueue(start, (pair[start], start));
    }
}
