using static TorchSharp.torch;

namespace TorchSharp.Memory;

/// <summary>Whether what an operation writes is also what it reads, judged as libtorch does (ATen/MemoryOverlap.cpp).</summary>
internal static class MemoryOverlap
{
    /// <summary>
    /// True where the operand must be copied first. Views that share some elements, but not place by place, are refused as
    /// libtorch refuses them; of views with gaps it says nothing, and the result here is that of disjoint memory.
    /// </summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Dense views overlap in part.</exception>
    public static bool NeedsCopy(Tensor written, Tensor read)
    {
        if (ReferenceEquals(written, read) || !ReferenceEquals(written.Storage, read.Storage)) return false;
        if (written.NumberOfElements == 0 || read.NumberOfElements == 0) return false;
        if (!IsDense(written) || !IsDense(read)) return true;
        var (first, second) = (Extent(written), Extent(read));
        if (first.End <= second.Start || second.End <= first.Start) return false;
        if (first == second && written.Strides.AsSpan().SequenceEqual(read.Strides)) return false;
        throw Tensor.Error(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. " +
            "Please clone() the tensor before performing the operation.");
    }

    private static unsafe (nint Start, nint End) Extent(Tensor tensor)
    {
        var start = (nint)tensor.Pointer;
        return (start, start + (nint)(tensor.NumberOfElements * ScalarTypes.SizeOf(tensor.dtype)));
    }

    /// <summary>Elements fill a block of memory without gaps or repetitions, in whatever order of dimensions.</summary>
    private static bool IsDense(Tensor tensor)
    {
        var (sizes, strides) = (tensor.Sizes, tensor.Strides);
        long expected = 1;
        foreach (var dim in Enumerable.Range(0, sizes.Length).Where(d => sizes[d] != 1).OrderBy(d => strides[d]))
        {
            if (strides[dim] != expected) return false;
            expected *= sizes[dim];
        }

        return true;
    }
}
