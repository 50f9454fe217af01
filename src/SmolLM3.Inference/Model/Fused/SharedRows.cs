using SmolLM3.Inference.KvCache;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Rows of a step, side by side, whose sequences begin with the same slabs.</summary>
internal sealed record SharedRows(int FirstRow, int Rows, IReadOnlyList<KvSegment> Segments)
{
    /// <summary>Tokens that they share.</summary>
    public long Length => Segments.Sum(segment => (long)segment.Length);

    /// <summary>The same in blocks of at most so many rows, but of one at least.</summary>
    public IEnumerable<SharedRows> Blocks(long most)
    {
        var atOnce = (int)Math.Clamp(most, 1, Rows);
        for (var first = 0; first < Rows; first += atOnce)
            yield return this with { FirstRow = FirstRow + first, Rows = Math.Min(atOnce, Rows - first) };
    }
}
