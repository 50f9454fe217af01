using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// A bfloat16 is the upper half of a float32, so a register of 32 holds the odd elements in place and the even ones a
/// shift away: no widening instruction is needed.
/// </summary>
internal readonly unsafe struct BFloat16Weights : IWeightFormat
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFirst(byte* at) => (Vector512.Load((uint*)at) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadSecond(byte* at) => (Vector512.Load((uint*)at) & Vector512.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFirst(byte* at, int half) => (Vector256.Load((uint*)at + 8 * half) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadSecond(byte* at, int half) =>
        (Vector256.Load((uint*)at + 8 * half) & Vector256.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* at, Vector512<float> first, Vector512<float> second) =>
        ((BFloat16Element.Round(first) >> 16) | (BFloat16Element.Round(second) & Vector512.Create(0xFFFF0000u))).Store((uint*)at);

    public static void Arrange(float* block)
    {
        var copy = stackalloc float[32];
        for (var i = 0; i < 32; i++) copy[i] = block[i];
        for (var i = 0; i < 16; i++)
        {
            block[i] = copy[2 * i];
            block[16 + i] = copy[2 * i + 1];
        }
    }
}

internal readonly unsafe struct SingleWeights : IWeightFormat
{
    public static int Size => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFirst(byte* at) => Vector512.Load((float*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadSecond(byte* at) => Vector512.Load((float*)at + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadFirst(byte* at, int half) => Vector256.Load((float*)at + 8 * half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadSecond(byte* at, int half) => Vector256.Load((float*)at + 16 + 8 * half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* at, Vector512<float> first, Vector512<float> second)
    {
        first.Store((float*)at);
        second.Store((float*)at + 16);
    }

    public static void Arrange(float* block)
    {
        // Lanes stand in the order of the elements.
    }
}

internal readonly unsafe struct HalfWeights : IWeightFormat
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFirst(byte* at) => HalfElement.LoadVector(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadSecond(byte* at) => HalfElement.LoadVector(at + 32);

    public static Vector256<float> LoadFirst(byte* at, int half) => half == 0 ? LoadFirst(at).GetLower() : LoadFirst(at).GetUpper();

    public static Vector256<float> LoadSecond(byte* at, int half) => half == 0 ? LoadSecond(at).GetLower() : LoadSecond(at).GetUpper();

    public static void Store(byte* at, Vector512<float> first, Vector512<float> second)
    {
        HalfElement.StoreVector(at, first);
        HalfElement.StoreVector(at + 32, second);
    }

    public static void Arrange(float* block)
    {
        // Lanes stand in the order of the elements.
    }
}
