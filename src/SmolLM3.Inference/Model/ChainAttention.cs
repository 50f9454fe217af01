using SmolLM3.Inference.KvCache;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Attention over chains of slabs that are never gathered: the scores against each slab are concatenated before one softmax. Blocks
/// whose chains begin with the same slabs read those once for all of them.
/// </summary>
internal sealed class ChainAttention(HeadLayout heads)
{
    public void Attend(int layer, Tensor queries, IReadOnlyList<QueryBlock> blocks, Tensor attended)
    {
        using var scope = NewDisposeScope();
        var shared = blocks[0].Run.Chain.Shared;
        var sharedLength = blocks[0].Run.Chain.SharedLength;
        Tensor[] grouped = [.. blocks.Select(block => Grouped(queries.narrow(0, block.StepRow, block.Rows)))];
        var together = Joined(grouped);
        Tensor[] sharedScores = [.. shared.Select(segment => Scores(together, segment, layer))];

        var weights = new Tensor[blocks.Count];
        ForEach(blocks, (i, row, rows) =>
        {
            var own = Scores(grouped[i], Own(blocks[i]), layer);
            weights[i] = Weights(cat([.. sharedScores.Select(scores => scores.narrow(1, row, rows)), own], -1), blocks[i]);
        });

        var sharedWeights = Joined([.. weights.Select(weight => weight.narrow(2, 0, sharedLength))]);
        var sum = WeightedValues(sharedWeights, shared, layer);
        ForEach(blocks, (i, row, rows) =>
        {
            var own = WeightedValues(weights[i].narrow(2, sharedLength, blocks[i].Length - sharedLength), [Own(blocks[i])], layer);
            var result = own.add_(sum.narrow(1, row, rows)).view(heads.Keys, heads.Group, blocks[i].Rows, heads.Size);
            attended.narrow(0, blocks[i].StepRow, blocks[i].Rows).copy_(heads.Ungrouped(result));
        });
    }

    /// <summary>The part of its own tail that a block sees.</summary>
    private static KvSegment Own(QueryBlock block) => new(block.Run.Chain.Tail!, block.Length - block.Run.Chain.SharedLength);

    private static Tensor Joined(Tensor[] parts) => parts.Length == 1 ? parts[0] : cat(parts, 1);

    private static Tensor Scores(Tensor queries, KvSegment segment, int layer)
        => queries.matmul(segment.Slab.Keys(layer).narrow(1, 0, segment.Length).transpose(1, 2));

    private static Tensor WeightedValues(Tensor weights, IReadOnlyList<KvSegment> segments, int layer)
    {
        Tensor? sum = null;
        var start = 0L;
        foreach (var segment in segments)
        {
            var part = weights.narrow(2, start, segment.Length).matmul(segment.Slab.Values(layer).narrow(1, 0, segment.Length));
            sum = sum is null ? part : sum.add_(part);
            start += segment.Length;
        }
        return sum!;
    }

    /// <summary>[key heads, group · rows, size], scaled.</summary>
    private Tensor Grouped(Tensor queries)
        => heads.Grouped(queries.mul(heads.Scale)).reshape(heads.Keys, heads.Group * queries.shape[0], heads.Size);

    /// <summary>Softmax in float32, whatever the scores' type.</summary>
    private Tensor Weights(Tensor scores, QueryBlock block)
    {
        if (block.Mask() is { } mask)
            scores.view(heads.Keys, heads.Group, block.Rows, block.Length).masked_fill_(mask.logical_not(), double.NegativeInfinity);
        return scores.softmax(-1, ScalarType.Float32).to(scores.dtype);
    }

    /// <summary>Visits each block with the place of its rows among all blocks'.</summary>
    private void ForEach(IReadOnlyList<QueryBlock> blocks, Action<int, long, long> visit)
    {
        var row = 0L;
        for (var i = 0; i < blocks.Count; i++)
        {
            var rows = (long)heads.Group * blocks[i].Rows;
            visit(i, row, rows);
            row += rows;
        }
    }
}
