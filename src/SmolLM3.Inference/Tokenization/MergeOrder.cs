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
        var results = new Dictionary<(int Left, int Right), (int Id, int Rank)>(tokenizer.Merges.Count);
        for (int rank = 0; rank < tokenizer.Merges.Count; rank++)
        {
            var (left, right, id) = tokenizer.Merges[rank];
            results[(left, right)] = (id, rank);
        }

        Span<int> byteIds = stackalloc int[256];
        foreach (var (id, bytes) in tokenizer.Vocabulary)
        {
            if (bytes.Length == 1)
                byteIds[bytes[0]] = id;
        }

        int lastRank = -1;
        var parts = new List<int>();
        foreach (var (id, bytes) in tokenizer.Vocabulary.OrderBy(token => token.Id))
        {
            if (bytes.Length == 1)
                continue;
            parts.Clear();
            foreach (byte b in bytes)
                parts.Add(byteIds[b]);
            Merge(parts, results, below: id);
            if (parts.Count > 2)
            {
                if (!tokenizer.IgnoreMerges)
                    throw Disagree(tokenizer, id, "no row of merges leads to it, and ignore_merges is off");
                continue;
            }

            if (!results.TryGetValue((parts[0], parts[^1]), out var merge) || merge.Id != id)
                throw Disagree(tokenizer, id, "its two parts have no merge");
            if (merge.Rank < lastRank)
                throw Disagree(tokenizer, id, "its merge stands before that of a token with a lower id");
            lastRank = merge.Rank;
        }
    }

    private static void Merge(List<int> parts, Dictionary<(int, int), (int Id, int Rank)> results, int below)
    {
        while (parts.Count > 1)
        {
            int best = below;
            int at = -1;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (results.TryGetValue((parts[i], parts[i + 1]), out var merge) && merge.Id < best)
                    (best, at) = (merge.Id, i);
            }

            if (at < 0)
                return;
            parts[at] = best;
            parts.RemoveAt(at + 1);
        }
    }

    private static InvalidDataException Disagree(TokenizerJson tokenizer, int id, string why) => new(
        $"tokenizer.json: token {id} ('{tokenizer.TextOf(id)}') cannot be encoded by rank: {why}. "
        + "Only vocabularies whose ids follow their merges are supported, as those of SmolLM3 and Llama 3 do.");
}
