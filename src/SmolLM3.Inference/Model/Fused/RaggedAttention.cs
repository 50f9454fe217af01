using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>
/// Writes a step's keys and values with one kernel each, and attends with one for all single rows, one for all prompts, and a few
/// operations for each beginning that sequences share.
/// </summary>
internal sealed class RaggedAttention(IFusedKernels kernels, HeadLayout heads)
{
    private readonly SharedBeginning _beginning = new(heads);

    public void Append(int layer, Tensor keys, Tensor values, RaggedPlan plan)
    {
        plan.Arena.Keys(layer).index_copy_(0, plan.Slots, keys);
        plan.Arena.Values(layer).index_copy_(0, plan.Slots, values);
    }

    /// <summary>[rows, heads · size]; prompts over shared slabs are left as they come.</summary>
    public Tensor Attend(int layer, Tensor queries, RaggedPlan plan)
    {
        var (keys, values) = (plan.Arena.Keys(layer), plan.Arena.Values(layer));
        // What is all of a step, as in decode, needs no copy.
        if (plan.Prompts is { } only && only.Rows == queries.shape[0])
            return Flat(kernels.Attend(queries, keys, values, only.Batch));
        if (plan.Rows is { } all && all.Rows == queries.shape[0] && plan.Shared.Count == 0)
            return Flat(kernels.AttendRows(queries, keys, values, all.Batch).Attended);

        var attended = empty([queries.shape[0], heads.Width], dtype: queries.dtype, device: queries.device);
        using var scope = NewDisposeScope();
        if (plan.Prompts is { } prompts)
            Part(attended, prompts).copy_(Flat(kernels.Attend(Part(queries, prompts), keys, values, prompts.Batch)));
        if (plan.Rows is not { } rows)
            return attended;

        var (result, logSumExp) = kernels.AttendRows(Part(queries, rows), keys, values, rows.Batch);
        Part(attended, rows).copy_(Flat(result));
        foreach (var shared in plan.Shared)
        {
            var first = shared.FirstRow - rows.FirstRow;
            attended.narrow(0, shared.FirstRow, shared.Rows).copy_(_beginning.Join(
                layer, queries.narrow(0, shared.FirstRow, shared.Rows), shared,
                result.narrow(0, first, shared.Rows), logSumExp.narrow(0, first, shared.Rows)));
        }
        return attended;
    }

    private static Tensor Part(Tensor tensor, RaggedRows rows) => tensor.narrow(0, rows.FirstRow, rows.Rows);

    private Tensor Flat(Tensor attended) => attended.reshape(attended.shape[0], heads.Width);
}
