using SmolLM3.Inference.KvCache;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Writes a step's keys and values with one kernel each, and attends with one for all that decodes and one for all prompts.</summary>
internal sealed class RaggedAttention(IFusedKernels kernels, HeadLayout heads)
{
    public void Append(int layer, Tensor keys, Tensor values, RaggedPlan plan)
    {
        plan.Arena.Keys(layer).index_copy_(0, plan.Slots, keys);
        plan.Arena.Values(layer).index_copy_(0, plan.Slots, values);
    }

    /// <summary>[rows, heads · size]; rows over shared slabs are left as they come.</summary>
    public Tensor Attend(int layer, Tensor queries, RaggedPlan plan)
    {
        var rows = queries.shape[0];
        if (plan.Parts is [var only] && only.Rows == rows)
            return Attend(layer, queries, plan.Arena, only.Batch);
        var attended = empty([rows, heads.Width], dtype: queries.dtype, device: queries.device);
        foreach (var part in plan.Parts)
            attended.narrow(0, part.FirstRow, part.Rows).copy_(
                Attend(layer, queries.narrow(0, part.FirstRow, part.Rows), plan.Arena, part.Batch));
        return attended;
    }

    private Tensor Attend(int layer, Tensor queries, KvArena arena, RaggedBatch batch)
        => kernels.Attend(queries, arena.Keys(layer), arena.Values(layer), batch).reshape(queries.shape[0], heads.Width);
}
