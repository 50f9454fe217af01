using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>Cuts a document into chunks along its structure.</summary>
internal static class ChunkPlanner
{
    /// <summary>Brackets, digits and line end of a paragraph's number.</summary>
    private const int MarkTokens = 5;

    /// <summary>Plans chunks of at most <paramref name="maxTokens"/> tokens, overlap included.</summary>
    public static IReadOnlyList<Chunk> Plan(Document document, ILanguageModel model, int maxTokens, int overlapTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlapTokens, maxTokens / 2);
        var pieces = Pieces(document, model, maxTokens - overlapTokens).ToList();
        var chunks = new List<Chunk>();
        int first = 0;
        while (first < pieces.Count)
        {
            int readFrom = Overlap(pieces, first, overlapTokens, out int used);
            int last = Fill(pieces, first, maxTokens - used);
            if (last < pieces.Count) last = BestBreak(pieces, first, last);
            chunks.Add(new Chunk(chunks.Count, pieces[readFrom].Start, pieces[first].Start, pieces[last - 1].End));
            first = last;
        }

        return chunks;
    }

    /// <summary>One piece per block, reaching to the next block's start; a block that is too long becomes several.</summary>
    private static IEnumerable<TextPiece> Pieces(Document document, ILanguageModel model, int maxTokens)
    {
        int Cost(int start, int end) => model.CountTokens(document.Text.AsSpan(start, end - start)) + MarkTokens;

        for (int i = 0; i < document.Blocks.Count; i++)
        {
            var block = document.Blocks[i];
            int start = i == 0 ? 0 : block.Start;
            int end = i + 1 < document.Blocks.Count ? document.Blocks[i + 1].Start : document.Text.Length;
            int rank = block.Kind switch
            {
                BlockKind.Heading => 9 - Math.Clamp(block.Level, 1, 6),
                BlockKind.ListItem or BlockKind.TableRow => 1,
                _ => 2,
            };
            foreach (var (from, to) in TextSplitter.Split(document.Text, start, end, maxTokens, Cost))
            {
                yield return new TextPiece(from, to, Cost(from, to), from == start ? rank : 0);
            }
        }
    }

    private static int Overlap(List<TextPiece> pieces, int first, int tokens, out int used)
    {
        used = 0;
        int from = first;
        while (from > 0 && used + pieces[from - 1].Tokens <= tokens) used += pieces[--from].Tokens;
        return from;
    }

    private static int Fill(List<TextPiece> pieces, int first, int tokens)
    {
        int used = 0;
        int last = first;
        while (last < pieces.Count && (last == first || used + pieces[last].Tokens <= tokens)) used += pieces[last++].Tokens;
        return last;
    }

    /// <summary>Gives up to a third of the chunk for a cut before a heading, the higher the better; of equals the latest.</summary>
    private static int BestBreak(List<TextPiece> pieces, int first, int last)
    {
        int earliest = first + Math.Max(1, (last - first) * 2 / 3);
        int best = last;
        for (int i = last - 1; i >= earliest; i--)
        {
            if (pieces[i].BreakBefore > pieces[best].BreakBefore) best = i;
        }

        return best;
    }
}
