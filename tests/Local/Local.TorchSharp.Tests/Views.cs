namespace Local.TorchSharp.Tests;

/// <summary>The same values under other strides.</summary>
internal static class Views
{
    /// <summary>
    /// A view equal to <paramref name="tensor"/> whose elements lie two apart along the last dimension, in a larger
    /// tensor with its first and last dimensions exchanged.
    /// </summary>
    public static Tensor Strided(Tensor tensor)
    {
        if (tensor.dim() == 0) return tensor;
        var turned = tensor.transpose(0, -1);
        var shape = turned.shape;
        shape[^1] = shape[^1] * 2 + 3;
        var room = zeros(shape, dtype: tensor.dtype);
        var view = room.slice(-1, 2, 2 + 2 * turned.shape[^1], 2);
        view.copy_(turned);
        return view.transpose(0, -1);
    }
}
