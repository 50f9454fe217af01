using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// How 32 neighbouring weights become two vectors of sixteen floats. Each format has its own order of lanes, the one
/// that its widening gives for free; activations are packed in the same order.
/// </summary>
internal unsafe interface IWeightFormat
{
    static abstract int Size { get; }

    static abstract Vector512<float> LoadFirst(byte* at);

    static abstract Vector512<float> LoadSecond(byte* at);

    /// <summary>Lanes 8·<paramref name="half"/> on of the first vector, for processors whose registers hold eight.</summary>
    static abstract Vector256<float> LoadFirst(byte* at, int half);

    static abstract Vector256<float> LoadSecond(byte* at, int half);

    /// <summary>Rounds two vectors, in the order of the loads, to 32 neighbouring elements.</summary>
    static abstract void Store(byte* at, Vector512<float> first, Vector512<float> second);

    /// <summary>Reorders 32 floats, in the order of their index, into the order of the two loads.</summary>
    static abstract void Arrange(float* block);
}
