using static TorchSharp.torch;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// Products of matrices, single and batched. The way a product is computed depends on how the right-hand matrix lies in
/// memory, never on the number of rows on the left.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>x · weightᵀ (+ bias).</summary>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        if (weight.Rank != 2 || input.Rank == 0 || input.Sizes[^1] != weight.Sizes[1])
        {
            throw Tensor.Error($"mat1 and mat2 shapes cannot be multiplied ({Text(input)} and {Text(weight)} transposed)");
        }

        CheckTypes(input, weight);
        using var rows = input.reshape(Shapes.Count(input.Sizes.AsSpan(..^1)), weight.Sizes[1]);
        var result = Tensor.Create(Shapes.Replace(input.Sizes, input.Rank - 1, weight.Sizes[0]), input.dtype);
        using var flat = result.view(rows.Sizes[0], weight.Sizes[0]);
        using var transposed = weight.transpose(0, 1);
        Multiply(flat, rows, transposed);
        if (bias is not null) result.add_(bias);
        return result;
    }

    public static Tensor Matmul(Tensor a, Tensor b)
    {
        if (a.Rank == 0 || b.Rank == 0) throw Tensor.Error("both arguments to matmul need to be at least 1D, but they are 0D");
        CheckTypes(a, b);
        using var left = a.Rank == 1 ? a.unsqueeze(0) : a.alias();
        using var right = b.Rank == 1 ? b.unsqueeze(1) : b.alias();
        if (left.Sizes[^1] != right.Sizes[^2]) throw Tensor.Error($"mat1 and mat2 shapes cannot be multiplied ({Text(a)} and {Text(b)})");
        var batch = Shapes.Broadcast(left.Sizes[..^2], right.Sizes[..^2]);
        using var result = Tensor.Create([.. batch, left.Sizes[^2], right.Sizes[^1]], a.dtype);
        using var wideA = left.expand((ReadOnlySpan<long>)[.. batch, left.Sizes[^2], left.Sizes[^1]]);
        using var wideB = right.expand((ReadOnlySpan<long>)[.. batch, right.Sizes[^2], right.Sizes[^1]]);
        var count = Shapes.Count(batch);
        for (long i = 0; i < count; i++)
        {
            using var c = At(result, i);
            using var x = At(wideA, i);
            using var w = At(wideB, i);
            Multiply(c, x, w);
        }

        return result.view([.. batch, .. a.Rank == 1 ? (long[])[] : [left.Sizes[^2]], .. b.Rank == 1 ? (long[])[] : [right.Sizes[^1]]]);
    }

    private static void Multiply(Tensor c, Tensor x, Tensor b)
    {
        if (c.NumberOfElements == 0) return;
        if (b.Strides[0] == 1 || b.Sizes[0] == 1)
        {
            using var w = b.transpose(0, 1);
            DotProduct.Run(c, x, w);
        }
        else if (b.Strides[1] == 1 || b.Sizes[1] == 1)
        {
            OuterProduct.Run(c, x, b);
        }
        else
        {
            using var dense = b.MakeCopy(b.dtype);
            OuterProduct.Run(c, x, dense);
        }
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

    private static void CheckTypes(Tensor a, Tensor b)
    {
        if (a.dtype != b.dtype) throw Tensor.Error($"expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}");
    }

    private static string Text(Tensor tensor) => string.Join("x", tensor.Sizes);
}
