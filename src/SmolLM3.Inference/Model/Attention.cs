using SmolLM3.Inference.KvCache;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Model;

/// <summary>
/// Grouped-query attention of a step's rows over their sequences' KV caches, which it first extends by the rows' own keys and values.
/// A chain of one slab goes to the fused kernel as it lies. A chain with shared slabs is never gathered: the scores against each slab
/// are concatenated before one softmax.
/// </summary>
internal sealed class Attention(ModelConfig config)
{
    /// <summary>Bounds what the kernel makes of a mask, and the scores against a chain of slabs.</summary>
    private const long MaxElements = 16 << 20;

    private readonly int _heads = config.AttentionHeads;
    private readonly int _keyHeads = config.KeyValueHeads;
    private readonly int _group = config.AttentionHeads / config.KeyValueHeads;
    private readonly int _size = config.HeadSize;
    private readonly double _scale = 1 / Math.Sqrt(config.HeadSize);

    /// <summary>Arguments are [rows, heads, head size]; the result is [rows, heads · head size].</summary>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, IReadOnlyList<StepRun> runs)
    {
        var attended = empty([queries.shape[0], _heads * _size], dtype: queries.dtype, device: queries.device);
        foreach (var run in runs)
        {
            using var scope = NewDisposeScope();
            Append(run.Chain.Tail!, layer, keys.narrow(0, run.FirstRow, run.Rows), values.narrow(0, run.FirstRow, run.Rows));
            var rowsAtOnce = RowsAtOnce(run);
            for (var first = 0; first < run.Rows; first += rowsAtOnce)
            {
                using var blockScope = NewDisposeScope();
                var rows = Math.Min(rowsAtOnce, run.Rows - first);
                var block = queries.narrow(0, run.FirstRow + first, rows);
                var result = run.Chain.IsSingleSlab
                    ? OverSlab(block, run.Chain.Tail!, layer, run.Past + first, Mask(run, first, rows))
                    : OverChain(block, run.Chain, layer, run.Past + first, Mask(run, first, rows));
                attended.narrow(0, run.FirstRow + first, rows).copy_(result);
            }
        }
        return attended;
    }

    private static void Append(KvSlab tail, int layer, Tensor keys, Tensor values)
    {
        tail.Keys(layer).narrow(1, tail.Length, keys.shape[0]).copy_(keys.transpose(0, 1));
        tail.Values(layer).narrow(1, tail.Length, values.shape[0]).copy_(values.transpose(0, 1));
    }

    private int RowsAtOnce(StepRun run)
    {
        if (run.Past == 0 && run.Chain.IsSingleSlab)
            return run.Rows;
        var rowLength = (long)(run.Past + run.Rows) * (run.Chain.IsSingleSlab ? 1 : _heads);
        return (int)Math.Clamp(MaxElements / rowLength, 1, run.Rows);
    }

    private Tensor OverSlab(Tensor queries, KvSlab slab, int layer, int past, Tensor? mask)
    {
        var rows = queries.shape[0];
        var keys = slab.Keys(layer).narrow(1, 0, past + rows);
        var values = slab.Values(layer).narrow(1, 0, past + rows);
        if (rows == 1)
        {
            // A group's queries attend to the same keys: they take the place of query positions.
            var decoded = scaled_dot_product_attention(queries.view(1, _keyHeads, _group, _size), keys.unsqueeze(0), values.unsqueeze(0));
            return decoded.reshape(1, _heads * _size);
        }
        var shape = new long[] { _keyHeads, _group, past + rows, _size };
        var grouped = queries.view(rows, _keyHeads, _group, _size).permute(1, 2, 0, 3);
        var result = scaled_dot_product_attention(
            grouped, keys.unsqueeze(1).expand(shape), values.unsqueeze(1).expand(shape),
            attn_mask: mask, is_casual: mask is null);
        return result.permute(2, 0, 1, 3).reshape(rows, _heads * _size);
    }

    private Tensor OverChain(Tensor queries, KvChain chain, int layer, int past, Tensor? mask)
    {
        var rows = queries.shape[0];
        var segments = chain.Shared.Append(new(chain.Tail!, past + (int)rows - chain.SharedLength)).ToArray();
        var grouped = queries.mul(_scale).view(rows, _keyHeads, _group, _size).permute(1, 2, 0, 3).reshape(_keyHeads, _group * rows, _size);
        var scores = cat([.. segments.Select(segment => grouped.matmul(segment.Slab.Keys(layer).narrow(1, 0, segment.Length).transpose(1, 2)))], -1);
        if (mask is not null)
            scores.view(_keyHeads, _group, rows, past + rows).masked_fill_(mask.logical_not(), double.NegativeInfinity);
        var weights = scores.softmax(-1, ScalarType.Float32).to(queries.dtype);
        Tensor? sum = null;
        var start = 0L;
        foreach (var segment in segments)
        {
            var part = weights.narrow(2, start, segment.Length).matmul(segment.Slab.Values(layer).narrow(1, 0, segment.Length));
            sum = sum is null ? part : sum.add_(part);
            start += segment.Length;
        }
        return sum!.view(_keyHeads, _group, rows, _size).permute(2, 0, 1, 3).reshape(rows, _heads * _size);
    }

    private static Tensor? Mask(StepRun run, int first, int rows)
        => run.Mask?.narrow(0, first, rows).narrow(1, 0, run.Past + first + rows);
}
