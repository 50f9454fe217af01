using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// Adds up the lanes of sixteen vectors at once, each in the order of <see cref="VectorMath.Sum(Vector512{float})"/>:
/// a transposition that halves the number of vectors at each of four additions.
/// </summary>
internal static unsafe class LaneSums
{
    /// <summary>The sums of a tile of four by four, row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Reduce(Vector512<float>* lanes)
    {
        return Reduce(
            lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5], lanes[6], lanes[7],
            lanes[8], lanes[9], lanes[10], lanes[11], lanes[12], lanes[13], lanes[14], lanes[15]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Reduce(
        Vector512<float> s00, Vector512<float> s01, Vector512<float> s02, Vector512<float> s03,
        Vector512<float> s10, Vector512<float> s11, Vector512<float> s12, Vector512<float> s13,
        Vector512<float> s20, Vector512<float> s21, Vector512<float> s22, Vector512<float> s23,
        Vector512<float> s30, Vector512<float> s31, Vector512<float> s32, Vector512<float> s33)
    {
        if (!Avx512F.IsSupported)
        {
            return Vector512.Create(
                VectorMath.Sum(s00), VectorMath.Sum(s01), VectorMath.Sum(s02), VectorMath.Sum(s03),
                VectorMath.Sum(s10), VectorMath.Sum(s11), VectorMath.Sum(s12), VectorMath.Sum(s13),
                VectorMath.Sum(s20), VectorMath.Sum(s21), VectorMath.Sum(s22), VectorMath.Sum(s23),
                VectorMath.Sum(s30), VectorMath.Sum(s31), VectorMath.Sum(s32), VectorMath.Sum(s33));
        }

        var column0 = Quarters(Halves(s00, s10), Halves(s20, s30));
        var column1 = Quarters(Halves(s01, s11), Halves(s21, s31));
        var column2 = Quarters(Halves(s02, s12), Halves(s22, s32));
        var column3 = Quarters(Halves(s03, s13), Halves(s23, s33));
        var left = Pairs(column0, column1);
        var right = Pairs(column2, column3);
        return Avx512F.Shuffle(left, right, 0x88) + Avx512F.Shuffle(left, right, 0xDD);
    }

    /// <summary>Lanes 8 apart: what is left of each operand fills one half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(Vector512<float> a, Vector512<float> b) =>
        Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);

    /// <summary>Lanes 4 apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(Vector512<float> a, Vector512<float> b) =>
        Avx512F.Shuffle4x128(a, b, 0x88) + Avx512F.Shuffle4x128(a, b, 0xDD);

    /// <summary>Lanes 2 apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pairs(Vector512<float> a, Vector512<float> b) =>
        Avx512F.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle() + Avx512F.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle();
}
