namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => cat((ReadOnlySpan<Tensor>)tensors.ToArray(), dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => cat((ReadOnlySpan<Tensor>)tensors, dim);

    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0)
    {
        if (tensors.IsEmpty) throw new ArgumentException(nameof(tensors));
        var first = tensors[0];
        var at = Shapes.Wrap(dim, first.Rank);
        var (total, type) = (0L, first.dtype);
        foreach (var tensor in tensors)
        {
            if (tensor.Rank != first.Rank || !Shapes.Without(tensor.Sizes, at).AsSpan().SequenceEqual(Shapes.Without(first.Sizes, at)))
            {
                throw Tensor.Error($"Sizes of tensors must match except in dimension {at}: [{string.Join(", ", first.Sizes)}] and [{string.Join(", ", tensor.Sizes)}]");
            }

            total += tensor.Sizes[at];
            type = ScalarTypes.Promote(type, tensor.dtype);
        }

        var result = Tensor.Create(Shapes.Replace(first.Sizes, at, total), type);
        var start = 0L;
        foreach (var tensor in tensors)
        {
            using var part = result.narrow(at, start, tensor.Sizes[at]);
            Kernels.CopyKernel.Copy(part, tensor);
            start += tensor.Sizes[at];
        }

        return result;
    }

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var parts = tensors.Select(tensor => tensor.unsqueeze(dim)).ToArray();
        var result = cat(parts, dim < 0 ? dim + parts[0].Rank : dim);
        foreach (var part in parts) part.Dispose();
        return result;
    }
}
