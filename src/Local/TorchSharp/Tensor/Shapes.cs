using System.Runtime.CompilerServices;

namespace TorchSharp;

/// <summary>Arithmetic of sizes and strides.</summary>
internal static class Shapes
{
    public static long Count(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0)
                throw torch.Tensor.Error($"Trying to create tensor with negative dimension {size}: [{string.Join(", ", shape.ToArray())}]");
            count = checked(count * size);
        }

        return count;
    }

    public static long[] RowMajor(ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0) return [];
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var expected = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 0) return true;
            if (shape[i] == 1) continue;
            if (strides[i] != expected) return false;
            expected *= shape[i];
        }

        // A zero size further left also makes the tensor empty, and an empty tensor is contiguous.
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Wrap(long dim, int rank)
    {
        var bound = Math.Max(rank, 1);
        if (dim < -bound || dim >= bound)
            throw torch.Tensor.Error($"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})");
        return (int)(dim < 0 ? dim + bound : dim);
    }

    public static long[] Broadcast(long[] a, long[] b)
    {
        if (a.AsSpan().SequenceEqual(b)) return a;
        var rank = Math.Max(a.Length, b.Length);
        var result = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var sizeA = i <= a.Length ? a[^i] : 1;
            var sizeB = i <= b.Length ? b[^i] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw torch.Tensor.Error(
                    $"The size of tensor a ({sizeA}) must match the size of tensor b ({sizeB}) at non-singleton dimension {rank - i}");
            }

            result[^i] = sizeA == 1 ? sizeB : sizeA;
        }

        return result;
    }

    /// <summary>The strides with which a tensor reads as if it had the shape <paramref name="target"/>.</summary>
    public static long[] BroadcastStrides(long[] shape, long[] strides, long[] target)
    {
        if (shape.AsSpan().SequenceEqual(target)) return strides;
        var result = new long[target.Length];
        var lead = target.Length - shape.Length;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == target[lead + i]) result[lead + i] = strides[i];
            else if (shape[i] != 1) throw torch.Tensor.Error($"The expanded size of the tensor ({target[lead + i]}) must match the existing size ({shape[i]}) at non-singleton dimension {lead + i}.");
        }

        return result;
    }

    /// <summary>Replaces one -1 by the size that makes the counts equal.</summary>
    public static long[] Infer(ReadOnlySpan<long> shape, long count)
    {
        var result = shape.ToArray();
        var hole = -1;
        var known = 1L;
        for (var i = 0; i < result.Length; i++)
        {
            if (result[i] == -1 && hole < 0) hole = i;
            else if (result[i] < 0) throw torch.Tensor.Error($"invalid shape dimension {result[i]}");
            else known *= result[i];
        }

        if (hole >= 0 && known != 0 && count % known == 0) result[hole] = count / known;
        else if (hole >= 0 || known != count) throw torch.Tensor.Error(
            $"shape '[{string.Join(", ", shape.ToArray())}]' is invalid for input of size {count}");
        return result;
    }

    /// <summary>The strides of a view with another shape, or null where only a copy can have that shape.</summary>
    public static long[]? ViewStrides(long[] shape, long[] strides, long[] target)
    {
        if (IsContiguous(shape, strides)) return RowMajor(target);
        var result = new long[target.Length];
        var at = target.Length - 1;
        var chunkBase = strides.Length == 0 ? 1 : strides[^1];
        var chunk = 1L;
        var viewed = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            chunk *= shape[i];
            var ends = i == 0 || (shape[i - 1] != 1 && strides[i - 1] != chunk * chunkBase);
            if (!ends) continue;
            while (at >= 0 && (viewed < chunk || target[at] == 1))
            {
                result[at] = viewed * chunkBase;
                viewed *= target[at];
                at--;
            }

            if (viewed != chunk) return null;
            if (i > 0)
            {
                chunkBase = strides[i - 1];
                chunk = 1;
                viewed = 1;
            }
        }

        return at < 0 ? result : null;
    }

    public static long[] Without(long[] values, int index)
    {
        var result = new long[values.Length - 1];
        Array.Copy(values, 0, result, 0, index);
        Array.Copy(values, index + 1, result, index, result.Length - index);
        return result;
    }

    public static long[] With(long[] values, int index, long value)
    {
        var result = new long[values.Length + 1];
        Array.Copy(values, 0, result, 0, index);
        result[index] = value;
        Array.Copy(values, index, result, index + 1, values.Length - index);
        return result;
    }

    public static long[] Replace(long[] values, int index, long value)
    {
        var result = (long[])values.Clone();
        result[index] = value;
        return result;
    }
}
