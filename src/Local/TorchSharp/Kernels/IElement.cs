using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>
/// An element type as memory and as numbers; exact integers go through <see cref="long"/>, the rest through float or double.
/// </summary>
internal unsafe interface IElement
{
    static abstract int Size { get; }

    static abstract double LoadDouble(byte* at);

    static abstract long LoadInteger(byte* at);

    static abstract void StoreDouble(byte* at, double value);

    static abstract void StoreInteger(byte* at, long value);
}

/// <summary>A floating point type that kernels widen to float32, sixteen lanes at a time, and round back to nearest even.</summary>
internal unsafe interface IFloatElement : IElement
{
    static abstract float Load(byte* at);

    static abstract void Store(byte* at, float value);

    static abstract Vector512<float> LoadVector(byte* at);

    static abstract void StoreVector(byte* at, Vector512<float> value);
}
