using System.Runtime.Intrinsics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Products of matrices.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>x · weightᵀ (+ bias).</summary>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        if (weight.Rank != 2 || input.Rank == 0 || input.Sizes[^1] != weight.Sizes[1]) throw Tensor.Error($"mat1 and mat2 shapes cannot be multiplied ([{string.Join(", ", input.Sizes)}] and [{string.Join(", ", weight.Sizes)}] transposed)");
        if (input.dtype != weight.dtype) throw Tensor.Error($"expected m1 and m2 to have the same dtype, but got: {input.dtype} != {weight.dtype}");
        using var rows = input.reshape(-1, weight.Sizes[1]);
        var result = Tensor.Create(Shapes.Replace(input.Sizes, input.Rank - 1, weight.Sizes[0]), input.dtype);
        using var flat = result.view(rows.Sizes[0], weight.Sizes[0]);
        Multiply(flat, rows, weight);
        if (bias is not null) result.add_(bias);
        return result;
    }

    public static Tensor Matmul(Tensor a, Tensor b)
    {
        if (a.Rank == 0 || b.Rank == 0) throw Tensor.Error("both arguments to matmul need to be at least 1D, but they are 0D");
        if (a.dtype != b.dtype) throw Tensor.Error($"expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}");
        using var left = a.Rank == 1 ? a.unsqueeze(0) : a.alias();
        using var right = b.Rank == 1 ? b.unsqueeze(1) : b.alias();
        if (left.Sizes[^1] != right.Sizes[^2]) throw Tensor.Error($"mat1 and mat2 shapes cannot be multiplied ([{string.Join(", ", a.Sizes)}] and [{string.Join(", ", b.Sizes)}])");
        var batch = Shapes.Broadcast(left.Sizes[..^2], right.Sizes[..^2]);
        long[] shape = [.. batch, left.Sizes[^2], right.Sizes[^1]];
        using var result = Tensor.Create(shape, a.dtype);
        using var wideA = left.expand((ReadOnlySpan<long>)[.. batch, left.Sizes[^2], left.Sizes[^1]]);
        using var wideB = right.expand((ReadOnlySpan<long>)[.. batch, right.Sizes[^2], right.Sizes[^1]]);
        using var transposed = wideB.transpose(-2, -1);
        var count = Shapes.Count(batch);
        for (long i = 0; i < count; i++)
        {
            using var c = At(result, i);
            using var x = At(wideA, i);
            using var w = At(transposed, i);
            Multiply(c, x, w);
        }

        List<long> final = [.. shape];
        if (b.Rank == 1) final.RemoveAt(final.Count - 1);
        if (a.Rank == 1) final.RemoveAt(final.Count - (b.Rank == 1 ? 1 : 2));
        return result.view([.. final]);
    }

    private static Tensor At(Tensor batched, long index)
    {
        var offset = batched.storage_offset();
        for (var d = batched.Rank - 3; d >= 0; d--)
        {
            (index, var i) = Math.DivRem(index, batched.Sizes[d]);
            offset += i * batched.Strides[d];
        }

        return batched.View(offset, batched.Sizes[^2..], batched.Strides[^2..]);
    }

    /// <summary>c[i, j] = Σ x[i, k] w[j, k].</summary>
    private static void Multiply(Tensor c, Tensor x, Tensor w)
    {
        using var wideX = x.MakeCopy(ScalarType.Float32);
        using var wideW = w.MakeCopy(ScalarType.Float32);
        using var wideC = c.dtype == ScalarType.Float32 ? c.alias() : Tensor.Create(c.Sizes, ScalarType.Float32);
        var body = new Body { C = (float*)wideC.Pointer, X = (float*)wideX.Pointer, W = (float*)wideW.Pointer, Rows = c.Sizes[0], Columns = c.Sizes[1], Depth = x.Sizes[1] };
        WorkerPool.For(c.Sizes[1], 16, ref body);
        if (c.dtype != ScalarType.Float32) CopyKernel.Copy(c, wideC);
    }

    private struct Body : IRangeBody
    {
        public float* C;
        public float* X;
        public float* W;
        public long Rows;
        public long Columns;
        public long Depth;

        public readonly void Run(long begin, long end)
        {
            for (var j = begin; j < end; j++)
            {
                for (long i = 0; i < Rows; i++)
                {
                    var lanes = Vector512<float>.Zero;
                    var (x, w) = (new FloatRun<SingleElement>((byte*)(X + i * Depth), 1), new FloatRun<SingleElement>((byte*)(W + j * Depth), 1));
                    long k = 0;
                    for (; k <= Depth - 16; k += 16) lanes = Vector512.FusedMultiplyAdd(Vector512.Load(X + i * Depth + k), Vector512.Load(W + j * Depth + k), lanes);
                    if (k < Depth) lanes = Vector512.FusedMultiplyAdd(x.Gather(k, (int)(Depth - k)), w.Gather(k, (int)(Depth - k)), lanes);
                    C[i * Columns + j] = VectorMath.Sum(lanes);
                }
            }
        }
    }
}
