using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>softmax(q·kᵀ/√d + mask)·v.</summary>
internal static class AttentionKernel
{
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        using var scope = NewDisposeScope();
        var scores = query.to(ScalarType.Float32).matmul(key.to(ScalarType.Float32).transpose(-2, -1)).mul(1 / Math.Sqrt(query.Sizes[^1]));
        if (causal) mask = ones([query.Sizes[^2], key.Sizes[^2]], ScalarType.Bool).tril();
        if (mask is { dtype: ScalarType.Bool }) scores = scores.masked_fill(mask.logical_not(), double.NegativeInfinity);
        else if (mask is not null) scores = scores.add(mask.to(ScalarType.Float32));
        return scores.softmax(-1).matmul(value.to(ScalarType.Float32)).to(query.dtype).MoveToOuterDisposeScope();
    }
}
