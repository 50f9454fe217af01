using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>
/// Attention to what sequences share, joined with attention to each one's own tail. What is shared is read once for all of them, and the
/// number of operations does not depend on how many there are.
/// </summary>
internal sealed class SharedBeginning(HeadLayout heads)
{
    /// <summary>
    /// One softmax does both: a tail's keys weigh together as one key whose score is the logarithm of the sum of their exponentials, and
    /// whose value is the tail's result.
    /// </summary>
    /// <param name="layer">Whose keys and values.</param>
    /// <param name="queries">[rows, heads, size].</param>
    /// <param name="shared">What all rows share.</param>
    /// <param name="tail">Result of attention to each row's tail: [rows, heads, size].</param>
    /// <param name="tailScores">Its log-sum-exp in float32: [rows, heads].</param>
    /// <returns>[rows, heads · size].</returns>
    public Tensor Join(int layer, Tensor queries, SharedRows shared, Tensor tail, Tensor tailScores)
    {
        var rows = shared.Rows;
        var length = shared.Length;
        var grouped = heads.Grouped(queries.mul(heads.Scale)).reshape(heads.Keys, heads.Group * rows, heads.Size);
        var scores = empty([heads.Keys, heads.Group * rows, length + 1], dtype: ScalarType.Float32, device: queries.device);
        ForEachSegment(shared, (segment, start) => scores.narrow(2, start, segment.Length).copy_(
            grouped.matmul(segment.Slab.Keys(layer).narrow(1, 0, segment.Length).transpose(1, 2))));
        scores.narrow(2, length, 1).copy_(Grouped(tailScores.unsqueeze(2)));

        var weights = scores.softmax(-1);
        var kept = weights.narrow(2, 0, length).to(queries.dtype);
        Tensor? sum = null;
        ForEachSegment(shared, (segment, start) =>
        {
            var part = kept.narrow(2, start, segment.Length).matmul(segment.Slab.Values(layer).narrow(1, 0, segment.Length));
            sum = sum is null ? part : sum.add_(part);
        });
        var joined = Grouped(tail).mul(weights.narrow(2, length, 1)).add_(sum!);
        return heads.Ungrouped(joined.view(heads.Keys, heads.Group, rows, heads.Size));
    }

    /// <summary>[rows, heads, n] as [key heads, group · rows, n].</summary>
    private Tensor Grouped(Tensor perRow)
        => perRow.view(perRow.shape[0], heads.Keys, heads.Group, perRow.shape[2]).permute(1, 2, 0, 3)
            .reshape(heads.Keys, heads.Group * perRow.shape[0], perRow.shape[2]);

    private static void ForEachSegment(SharedRows shared, Action<KvCache.KvSegment, long> visit)
    {
        var start = 0L;
        foreach (var segment in shared.Segments)
        {
            visit(segment, start);
            start += segment.Length;
        }
    }
}
