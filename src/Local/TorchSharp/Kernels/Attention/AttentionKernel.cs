using TorchSharp.Kernels.Products;
using TorchSharp.Memory;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Attention;

/// <summary>
/// softmax(q·kᵀ/√d + mask)·v without ever holding the scores: keys go by in blocks and splits of fixed sizes, counted from
/// the first key, with a running maximum and sum. What a row gives is a function of that row and the keys that it sees, so
/// it is the same in a prefill, in a chunk of one and in a step of decoding, alone and in a batch.
/// </summary>
internal static unsafe class AttentionKernel
{
    /// <summary>With fewer items to a thread than this the threads share the keys too.</summary>
    private const int FewItems = 4;

    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        Check(query, key, value, mask);
        var batch = Shapes.Broadcast(query.Sizes[..^2], Shapes.Broadcast(key.Sizes[..^2], value.Sizes[..^2]));
        using var q = Expand(query, batch);
        using var k = Expand(key, batch);
        using var v = Expand(value, batch);
        using var bias = mask is { dtype: not ScalarType.Bool } ? mask.to_type(ScalarType.Float32) : mask?.alias();
        using var m = bias is null ? null : bias.expand((ReadOnlySpan<long>)[.. batch, query.Sizes[^2], key.Sizes[^2]]);
        var result = Tensor.Create([.. batch, query.Sizes[^2], value.Sizes[^1]], query.dtype);
        if (result.NumberOfElements == 0) return result;
        switch (query.dtype)
        {
            case ScalarType.BFloat16: Run<BFloat16Weights, BFloat16Element>(result, q, k, v, m, causal); break;
            case ScalarType.Float32: Run<SingleWeights, SingleElement>(result, q, k, v, m, causal); break;
            case ScalarType.Float16: Run<HalfWeights, HalfElement>(result, q, k, v, m, causal); break;
            default: throw new NotSupportedException($"Attention over {query.dtype} is not supported by this build.");
        }

        return result;
    }

    private static void Run<TWeight, TElement>(Tensor result, Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal)
        where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        var rank = q.Rank - 2;

        // Heads that read the same keys and values are taken together, so that those are read once for all of them.
        var shared = rank > 0 && q.Sizes[rank - 1] > 1 && k.Strides[rank - 1] == 0 && v.Strides[rank - 1] == 0;
        var group = shared ? q.Sizes[rank - 1] : 1;
        var outer = shared ? rank - 1 : rank;
        var count = Shapes.Count(q.Sizes.AsSpan(0, outer));
        var offsets = new AttentionOffsets[count];
        for (long i = 0; i < count; i++)
        {
            offsets[i] = new AttentionOffsets(
                Offset(q, outer, i), Offset(k, outer, i), Offset(v, outer, i), Offset(result, outer, i), mask is null
                    ? 0
                    : Offset(mask, outer, i));
        }

        var positions = Math.Max(1, AttentionProblem<TWeight, TElement>.RowBlock / group);
        fixed (AttentionOffsets* at = offsets)
        {
            var problem = new AttentionProblem<TWeight, TElement>
            {
                Offsets = at,
                Query = new AttentionOperand(q, shared),
                Key = new AttentionOperand(k, shared),
                Value = new AttentionOperand(v, shared),
                Result = new AttentionOperand(result, shared),
                Mask = new AttentionMask
                {
                    Causal = causal,
                    Flags = mask is { dtype: ScalarType.Bool } ? mask.Pointer : null,
                    Biases = mask is { dtype: ScalarType.Float32 } ? (float*)mask.Pointer : null,
                    RowStride = mask?.Strides[^2] ?? 0,
                    KeyStride = mask?.Strides[^1] ?? 0,
                },
                MaskHeadStride = shared && mask is not null ? mask.Strides[rank - 1] : 0,
                Group = group,
                Length = q.Sizes[^2],
                Keys = k.Sizes[^2],
                KeySize = q.Sizes[^1],
                ValueSize = v.Sizes[^1],
                Positions = positions,
                RowBlocks = (q.Sizes[^2] + positions - 1) / positions,
                Scale = (float)(1 / Math.Sqrt(q.Sizes[^1])),
            };
            Run(in problem, count * problem.RowBlocks);
        }
    }

    private static void Run<TWeight, TElement>(in AttentionProblem<TWeight, TElement> problem, long items)
        where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        const int splitKeys = AttentionProblem<TWeight, TElement>.SplitKeys;
        var rows = Math.Min(problem.Positions, problem.Length) * problem.Group;
        var splits = (problem.Keys + splitKeys - 1) / splitKeys;
        if (splits <= 1 || items >= FewItems * WorkerPool.Threads)
        {
            var whole = new AttentionRows<TWeight, TElement>(problem);
            WorkerPool.For(items, Grain(rows * problem.Keys * (problem.KeySize + problem.ValueSize)), ref whole);
            return;
        }

        var storage = NativeStorage.Allocate(items * splits * AttentionSplits<TWeight, TElement>.FloatsOf(problem) * sizeof(float));
        try
        {
            var parts = new AttentionSplits<TWeight, TElement>(problem, (int)splits, (float*)storage.Pointer);
            WorkerPool.For(items * splits, Grain(rows * splitKeys * (problem.KeySize + problem.ValueSize)), ref parts);
            parts.Finish(items);
        }
        finally
        {
            storage.Release();
        }
    }

    // Parts that are not worth a fork are put together.
    private static long Grain(long multiplications) => Math.Max(1, (1 << 16) / Math.Max(1, multiplications));

    private static long Offset(Tensor tensor, int dims, long index)
    {
        var offset = 0L;
        for (var d = dims - 1; d >= 0; d--)
        {
            (index, var i) = Math.DivRem(index, tensor.Sizes[d]);
            offset += i * tensor.Strides[d];
        }

        return offset;
    }

    private static Tensor Expand(Tensor tensor, long[] batch) =>
        tensor.expand((ReadOnlySpan<long>)[.. batch, tensor.Sizes[^2], tensor.Sizes[^1]]);

    private static void Check(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        if (query.dtype != key.dtype || query.dtype != value.dtype) throw Tensor.Error($"Expected query, key, and value to have the same dtype, but got query.dtype: {query.dtype} key.dtype: {key.dtype} and value.dtype: {value.dtype} instead.");
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2)
            throw Tensor.Error("Expected query, key, and value to all be at least 2 dimensional");
        if (query.Sizes[^1] != key.Sizes[^1] || key.Sizes[^2] != value.Sizes[^2]) throw Tensor.Error($"Sizes of query [{string.Join(", ", query.Sizes)}], key [{string.Join(", ", key.Sizes)}] and value [{string.Join(", ", value.Sizes)}] do not fit together.");
        if (mask is not null && mask.dtype != ScalarType.Bool && mask.dtype != query.dtype) throw Tensor.Error($"Expected attn_mask dtype to be bool or to match query dtype, but got attn_mask.dtype: {mask.dtype} and  query.dtype: {query.dtype} instead.");
    }
}
