using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Model;

/// <summary>Attention over one contiguous slab, by the fused kernel: scores are never held.</summary>
internal sealed class SlabAttention(HeadLayout heads)
{
    public void Attend(int layer, Tensor queries, QueryBlock block, Tensor attended)
    {
        using var scope = NewDisposeScope();
        var rows = queries.narrow(0, block.StepRow, block.Rows);
        var slab = block.Run.Chain.Tail!;
        var keys = slab.Keys(layer).narrow(1, 0, block.Length);
        var values = slab.Values(layer).narrow(1, 0, block.Length);
        attended.narrow(0, block.StepRow, block.Rows).copy_(
            block.Rows == 1 ? Decode(rows, keys, values) : Prefill(rows, keys, values, block.Mask()));
    }

    /// <summary>A group's queries see the same keys: they take the place of query positions.</summary>
    private Tensor Decode(Tensor query, Tensor keys, Tensor values)
        => scaled_dot_product_attention(
            query.view(1, heads.Keys, heads.Group, heads.Size), keys.unsqueeze(0), values.unsqueeze(0)).reshape(1, heads.Width);

    /// <summary>
    /// Key heads are the batch, expanded over their group without a copy. The kernel's own causal mask begins at the first key, so it
    /// serves the first rows only.
    /// </summary>
    private Tensor Prefill(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        long[] shape = [heads.Keys, heads.Group, keys.shape[1], heads.Size];
        return heads.Ungrouped(scaled_dot_product_attention(
            heads.Grouped(queries), keys.unsqueeze(1).expand(shape), values.unsqueeze(1).expand(shape), attn_mask: mask,
            is_casual: mask is null));
    }
}
