using static TorchSharp.torch;

namespace TorchSharp.Kernels.Attention;

/// <summary>Where the rows of one operand lie: by head of a group, by position, by element.</summary>
internal readonly unsafe struct AttentionOperand
{
    public AttentionOperand(Tensor tensor, bool grouped)
    {
        Pointer = tensor.Pointer;
        HeadStride = grouped ? tensor.Strides[^3] : 0;
        RowStride = tensor.Strides[^2];
        Stride = tensor.Strides[^1];
    }

    public readonly byte* Pointer;
    public readonly long HeadStride;
    public readonly long RowStride;
    public readonly long Stride;
}

/// <summary>Where the operands of one batch entry begin, in elements.</summary>
internal readonly record struct AttentionOffsets(long Query, long Key, long Value, long Result, long Mask);
