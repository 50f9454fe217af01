using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model.Fused;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Grouped-query attention of a step's rows over their sequences' KV caches, which it first extends by the rows' own keys and values.
/// Nothing of the cache is copied: a chain of one slab goes to the fused kernel as it lies, and sequences whose chains begin with the
/// same shared slabs attend to those together.
/// </summary>
internal sealed class Attention(HeadLayout heads, RaggedAttention? ragged)
{
    private readonly SlabAttention _overSlab = new(heads);
    private readonly ChainAttention _overChain = new(heads);

    /// <summary>Arguments are [rows, heads, head size]; the result is [rows, heads · head size].</summary>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, AttentionPlan plan)
    {
        var attended = plan.Ragged is { } together
            ? AttendTogether(layer, queries, keys, values, together)
            : AppendEach(layer, queries, keys, values, plan);
        foreach (var block in plan.OverSlab)
            _overSlab.Attend(layer, queries, block, attended);
        foreach (var blocks in plan.OverChain)
            _overChain.Attend(layer, queries, blocks, attended);
        return attended;
    }

    private Tensor AttendTogether(int layer, Tensor queries, Tensor keys, Tensor values, RaggedPlan plan)
    {
        ragged!.Append(layer, keys, values, plan);
        return ragged.Attend(layer, queries, plan);
    }

    private Tensor AppendEach(int layer, Tensor queries, Tensor keys, Tensor values, AttentionPlan plan)
    {
        foreach (var run in plan.Runs)
        {
            using var scope = NewDisposeScope();
            Append(run.Chain.Tail!, layer, keys.narrow(0, run.FirstRow, run.Rows), values.narrow(0, run.FirstRow, run.Rows));
        }
        return empty([queries.shape[0], heads.Width], dtype: queries.dtype, device: queries.device);
    }

    private static void Append(KvSlab tail, int layer, Tensor keys, Tensor values)
    {
        tail.Keys(layer).narrow(1, tail.Length, keys.shape[0]).copy_(keys.transpose(0, 1));
        tail.Values(layer).narrow(1, tail.Length, values.shape[0]).copy_(values.transpose(0, 1));
    }
}
