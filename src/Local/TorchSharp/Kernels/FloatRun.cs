using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>
/// A strided row of floating point elements, read and written sixteen at a time. Ragged ends and strides go through the
/// same vector operations as dense rows, so that they give the same bits.
/// </summary>
internal readonly unsafe struct FloatRun<T>(byte* start, long stride) where T : struct, IFloatElement
{
    public bool IsDense => stride == 1;

    public bool IsConstant => stride == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(long index) => start + index * stride * T.Size;

    public Vector512<float> Gather(long index, int count)
    {
        if (stride == 0) return Vector512.Create(T.Load(start));
        var lanes = stackalloc float[16];
        for (var i = 0; i < 16; i++) lanes[i] = i < count ? T.Load(At(index + i)) : 0;
        return Vector512.Load(lanes);
    }

    public void Scatter(long index, int count, Vector512<float> value)
    {
        var lanes = stackalloc float[16];
        value.Store(lanes);
        for (var i = 0; i < count; i++) T.Store(At(index + i), lanes[i]);
    }
}
