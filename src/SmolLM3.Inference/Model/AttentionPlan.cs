using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model.Fused;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Which rows of a step attend together, the same in every layer: each sequence over its own slab, and sequences over slabs that they
/// share.
/// </summary>
internal sealed class AttentionPlan
{
    /// <summary>Bounds what the kernel makes of a mask, and the scores against a chain of slabs.</summary>
    internal const long MaxElements = 16 << 20;

    public AttentionPlan(IReadOnlyList<StepRun> runs, HeadLayout heads, RaggedPlan? ragged)
    {
        Runs = runs;
        Ragged = ragged;
        OverSlab = ragged is null ? [.. runs.Where(run => run.Chain.IsSingleSlab).SelectMany(SlabBlocks)] : [];
        OverChain = [.. ChainBlocks(runs, heads)];
    }

    public IReadOnlyList<StepRun> Runs { get; }

    /// <summary>
    /// Where one kernel serves many sequences: what it needs to know. Runs of one slab are none of <see cref="OverSlab"/> then.
    /// </summary>
    public RaggedPlan? Ragged { get; }

    public IReadOnlyList<QueryBlock> OverSlab { get; }

    /// <summary>Blocks that begin with the same shared slabs, together as far as their scores stay within bounds.</summary>
    public IReadOnlyList<IReadOnlyList<QueryBlock>> OverChain { get; }

    private bool IsChain(StepRun run) => Ragged is null
        ? !run.Chain.IsSingleSlab
        : RaggedPlan.PartOf(run.Chain, run.Rows) == RaggedPart.Chain;

    private static IEnumerable<QueryBlock> SlabBlocks(StepRun run)
        => run.Mask is null ? [new(run, 0, run.Rows)] : QueryBlock.Of(run, heads: 1, MaxElements);

    private IEnumerable<List<QueryBlock>> ChainBlocks(IReadOnlyList<StepRun> runs, HeadLayout heads)
    {
        foreach (var sharing in runs.Where(IsChain).GroupBy(run => run.Chain.Shared, SameSegments.Instance))
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
}
