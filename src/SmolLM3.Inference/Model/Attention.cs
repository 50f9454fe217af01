using SmolLM3.Inference.KvCache;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Grouped-query attention of a step's rows over their sequences' KV caches, which it first extends by the rows' own keys and values.
/// Nothing of the cache is copied: a chain of one slab goes to the fused kernel as it lies, and sequences whose chains begin with the
/// same shared slabs attend to those together.
/// </summary>
internal sealed class Attention(HeadLayout heads)
{
    /// <summary>Bounds what the kernel makes of a mask, and the scores against a chain of slabs.</summary>
    private const long MaxElements = 16 << 20;

    private readonly SlabAttention _overSlab = new(heads);
    private readonly ChainAttention _overChain = new(heads);

    /// <summary>Arguments are [rows, heads, head size]; the result is [rows, heads · head size].</summary>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, IReadOnlyList<StepRun> runs)
    {
        var attended = empty([queries.shape[0], heads.Width], dtype: queries.dtype, device: queries.device);
        foreach (var run in runs)
        {
            using var scope = NewDisposeScope();
            Append(run.Chain.Tail!, layer, keys.narrow(0, run.FirstRow, run.Rows), values.narrow(0, run.FirstRow, run.Rows));
            if (run.Chain.IsSingleSlab)
                foreach (var block in SlabBlocks(run))
                    _overSlab.Attend(layer, queries, block, attended);
        }
        foreach (var blocks in ChainBlocks(runs))
            _overChain.Attend(layer, queries, blocks, attended);
        return attended;
    }

    private static void Append(KvSlab tail, int layer, Tensor keys, Tensor values)
    {
        tail.Keys(layer).narrow(1, tail.Length, keys.shape[0]).copy_(keys.transpose(0, 1));
        tail.Values(layer).narrow(1, tail.Length, values.shape[0]).copy_(values.transpose(0, 1));
    }

    private static IEnumerable<QueryBlock> SlabBlocks(StepRun run)
        => run.Mask is null ? [new(run, 0, run.Rows)] : QueryBlock.Of(run, heads: 1, MaxElements);

    /// <summary>Blocks that begin with the same shared slabs, together as far as their scores stay within bounds.</summary>
    private IEnumerable<List<QueryBlock>> ChainBlocks(IReadOnlyList<StepRun> runs)
    {
        foreach (var sharing in runs.Where(run => !run.Chain.IsSingleSlab).GroupBy(run => run.Chain.Shared, SameSegments.Instance))
        {
            var together = new List<QueryBlock>();
            var elements = 0L;
            foreach (var block in sharing.SelectMany(run => QueryBlock.Of(run, heads.Queries, MaxElements)))
            {
                var size = (long)block.Rows * heads.Queries * block.Length;
                if (together.Count > 0 && elements + size > MaxElements)
                {
                    yield return together;
                    (together, elements) = ([], 0);
                }
                together.Add(block);
                elements += size;
            }
            yield return together;
        }
    }

    private sealed class SameSegments : IEqualityComparer<IReadOnlyList<KvSegment>>
    {
        public static SameSegments Instance { get; } = new();

        public bool Equals(IReadOnlyList<KvSegment>? x, IReadOnlyList<KvSegment>? y) => x!.SequenceEqual(y!);

        public int GetHashCode(IReadOnlyList<KvSegment> segments) => segments.Aggregate(0, HashCode.Combine);
    }
}
