using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>
/// Writes a step's keys and values with one kernel each, and attends with one for all single rows and one for all prompts, and with a few
/// operations more for each long beginning that many share.
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
        if (plan is { Rows: { } all, Segments: null, Shared: [] } && all.Rows == queries.shape[0])
            return Flat(kernels.AttendRows(queries, keys, values, all.Batch).Attended);

        var attended = empty([queries.shape[0], heads.Width], dtype: queries.dtype, device: queries.device);
        if (plan.Prompts is { } prompts)
            AttendPrompts(queries, keys, values, prompts, attended);
        if (plan.Rows is { } rows)
            AttendRows(layer, queries, keys, values, plan, rows, attended);
        return attended;
    }

    private void AttendPrompts(Tensor queries, Tensor keys, Tensor values, RaggedRows prompts, Tensor attended)
    {
        using var scope = NewDisposeScope();
        Part(attended, prompts).copy_(Flat(kernels.Attend(Part(queries, prompts), keys, values, prompts.Batch)));
    }

    private void AttendRows(int layer, Tensor queries, Tensor keys, Tensor values, RaggedPlan plan, RaggedRows rows, Tensor attended)
    {
        using var scope = NewDisposeScope();
        var query = Part(queries, rows);
        if (rows.Queries is { } places)
            query = query.index_select(0, places);
        var (result, logSumExp) = kernels.AttendRows(query, keys, values, rows.Batch);
        Part(attended, rows).copy_(Flat(result.narrow(0, 0, rows.Rows)));
        if (plan.Segments is { } segments)
            attended.narrow(0, segments.FirstRow, segments.Rows).copy_(segments.Of(result, logSumExp));
        foreach (var shared in plan.Shared)
        {
            using var each = NewDisposeScope();
            var first = shared.FirstRow - rows.FirstRow;
            attended.narrow(0, shared.FirstRow, shared.Rows).copy_(_beginning.Join(
                layer, queries.narrow(0, shared.FirstRow, shared.Rows), shared,
                result.narrow(0, first, shared.Rows), logSumExp.narrow(0, first, shared.Rows)));
        }
    }

    private static Tensor Part(Tensor tensor, RaggedRows rows) => tensor.narrow(0, rows.FirstRow, rows.Rows);

    private Tensor Flat(Tensor attended) => attended.reshape(attended.shape[0], heads.Width);
}
