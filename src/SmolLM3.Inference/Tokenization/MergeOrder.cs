using System.Runtime.CompilerServices;

namespace SmolLM3.Inference.Tokenization;

/// <summary>
/// Proves at load that byte pair encoding by rank (of all neighbours whose concatenation is a token, join the one of the lowest id) gives
/// what tokenizer.json's list of merges gives.
/// </summary>
/// <remarks>
/// While only merges below a token t are done, whether two neighbours stand in a text depends on their own bytes alone: a part that has
/// not been joined with what is beside it has been joined inside as if it stood by itself. So neighbours l, r with the bytes of t can only
/// meet in a text if encoding those bytes with the merges below t leaves exactly l, r. Both ways of encoding agree if, for every t that
/// comes out as two parts, the list has that pair, and if the pairs stand in the order of their ids.
/// </remarks>
internal static class MergeOrder
{
    /// <summary>Checks a vocabulary, and says what is wrong with the first token that the two ways disagree about.</summary>
    public static void Verify(TokenizerJson tokenizer)
    {
        var merges = new PairTable(tokenizer.Merges);
        (int Id, byte[] Bytes)[] byId = [.. tokenizer.Vocabulary];
        Array.Sort(byId, (a, b) => a.Id.CompareTo(b.Id));
        Span<int> byteIds = stackalloc int[256];
        foreach (var (id, bytes) in byId)
        {
            if (bytes.Length == 1)
                byteIds[bytes[0]] = id;
        }

        int lastRank = -1;
        var parts = new int[byId.Max(token => token.Bytes.Length)];
        var joined = new int[parts.Length];
        foreach (var (id, bytes) in byId)
        {
            if (bytes.Length == 1)
                continue;
            for (int i = 0; i < bytes.Length; i++)
                parts[i] = byteIds[bytes[i]];
            int left = Merge(parts.AsSpan(0, bytes.Length), joined, merges, below: id);
            if (left > 2)
            {
                if (!tokenizer.IgnoreMerges)
                    throw Disagree(tokenizer, id, "no row of merges leads to it, and ignore_merges is off");
                continue;
            }

            if (!merges.TryGet(parts[0], parts[1], out int result, out int rank) || result != id)
                throw Disagree(tokenizer, id, "its two parts have no merge");
            if (rank < lastRank)
                throw Disagree(tokenizer, id, "its merge stands before that of a token with a lower id");
            lastRank = rank;
        }
    }

    // Encodes with the merges that make tokens below an id, and returns how many parts are left. joined[i]: what parts i and i + 1 make.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Merge(Span<int> parts, Span<int> joined, PairTable merges, int below)
    {
        int Join(Span<int> parts, int at) => merges.TryGet(parts[at], parts[at + 1], out int id, out _) && id < below ? id : int.MaxValue;

        int count = parts.Length;
        for (int i = 0; i + 1 < count; i++)
            joined[i] = Join(parts, i);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (joined[i] < joined[best])
                    best = i;
            }

            if (joined[best] == int.MaxValue)
                break;
            parts[best] = joined[best];
            parts[(best + 2)..count].CopyTo(parts[(best + 1)..]);
            joined[(best + 1)..(count - 1)].CopyTo(joined[best..]);
            count--;
            if (best + 1 < count)
                joined[best] = Join(parts, best);
            if (best > 0)
                joined[best - 1] = Join(parts, best - 1);
        }

        return count;
    }

    private static InvalidDataException Disagree(TokenizerJson tokenizer, int id, string why) => new(
        $"tokenizer.json: token {id} ('{tokenizer.TextOf(id)}') cannot be encoded by rank: {why}. "
        + "Only vocabularies whose ids follow their merges are supported, as those of SmolLM3 and Llama 3 do.");
}
