using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

internal static unsafe partial class DotTile
{
    /// <summary>
    /// Four rows against four, from nothing to the sums, row by row: for depths so short that lanes are better never stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<float> Sums4x4<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var x2 = x1 + rowStride;
        var x3 = x2 + rowStride;
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var (s00, s01, s02, s03) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s10, s11, s12, s13) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s20, s21, s22, s23) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (s30, s31, s32, s33) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (long k = 0; k < depth; k += 32)
        {
            Prefetching.At(w + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w1 + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w2 + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w3 + 4 * weightStride + k * TWeight.Size);
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size);
            var v1 = TWeight.LoadFirst(w1 + k * TWeight.Size);
            var v2 = TWeight.LoadFirst(w2 + k * TWeight.Size);
            var v3 = TWeight.LoadFirst(w3 + k * TWeight.Size);
            var a = Vector512.Load(x + k);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            a = Vector512.Load(x1 + k);
            s10 = Vector512.FusedMultiplyAdd(a, v0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, v1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, v2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, v3, s13);
            a = Vector512.Load(x2 + k);
            s20 = Vector512.FusedMultiplyAdd(a, v0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, v1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, v2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, v3, s23);
            a = Vector512.Load(x3 + k);
            s30 = Vector512.FusedMultiplyAdd(a, v0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, v1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, v2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, v3, s33);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size);
            v2 = TWeight.LoadSecond(w2 + k * TWeight.Size);
            v3 = TWeight.LoadSecond(w3 + k * TWeight.Size);
            a = Vector512.Load(x + k + 16);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            a = Vector512.Load(x1 + k + 16);
            s10 = Vector512.FusedMultiplyAdd(a, v0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, v1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, v2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, v3, s13);
            a = Vector512.Load(x2 + k + 16);
            s20 = Vector512.FusedMultiplyAdd(a, v0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, v1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, v2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, v3, s23);
            a = Vector512.Load(x3 + k + 16);
            s30 = Vector512.FusedMultiplyAdd(a, v0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, v1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, v2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, v3, s33);
        }

        return LaneSums.Reduce(
            s00, s01, s02, s03, s10, s11, s12, s13,
            s20, s21, s22, s23, s30, s31, s32, s33);
    }

    /// <summary>Four rows against four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot4x4<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var x2 = x1 + rowStride;
        var x3 = x2 + rowStride;
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var (s00, s01, s02, s03) = (lanes[0], lanes[1], lanes[2], lanes[3]);
        var (s10, s11, s12, s13) = (lanes[4], lanes[5], lanes[6], lanes[7]);
        var (s20, s21, s22, s23) = (lanes[8], lanes[9], lanes[10], lanes[11]);
        var (s30, s31, s32, s33) = (lanes[12], lanes[13], lanes[14], lanes[15]);
        for (long k = 0; k < depth; k += 32)
        {
            Prefetching.At(w + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w1 + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w2 + 4 * weightStride + k * TWeight.Size);
            Prefetching.At(w3 + 4 * weightStride + k * TWeight.Size);
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size);
            var v1 = TWeight.LoadFirst(w1 + k * TWeight.Size);
            var v2 = TWeight.LoadFirst(w2 + k * TWeight.Size);
            var v3 = TWeight.LoadFirst(w3 + k * TWeight.Size);
            var a = Vector512.Load(x + k);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            a = Vector512.Load(x1 + k);
            s10 = Vector512.FusedMultiplyAdd(a, v0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, v1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, v2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, v3, s13);
            a = Vector512.Load(x2 + k);
            s20 = Vector512.FusedMultiplyAdd(a, v0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, v1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, v2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, v3, s23);
            a = Vector512.Load(x3 + k);
            s30 = Vector512.FusedMultiplyAdd(a, v0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, v1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, v2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, v3, s33);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size);
            v2 = TWeight.LoadSecond(w2 + k * TWeight.Size);
            v3 = TWeight.LoadSecond(w3 + k * TWeight.Size);
            a = Vector512.Load(x + k + 16);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            a = Vector512.Load(x1 + k + 16);
            s10 = Vector512.FusedMultiplyAdd(a, v0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, v1, s11);
            s12 = Vector512.FusedMultiplyAdd(a, v2, s12);
            s13 = Vector512.FusedMultiplyAdd(a, v3, s13);
            a = Vector512.Load(x2 + k + 16);
            s20 = Vector512.FusedMultiplyAdd(a, v0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, v1, s21);
            s22 = Vector512.FusedMultiplyAdd(a, v2, s22);
            s23 = Vector512.FusedMultiplyAdd(a, v3, s23);
            a = Vector512.Load(x3 + k + 16);
            s30 = Vector512.FusedMultiplyAdd(a, v0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, v1, s31);
            s32 = Vector512.FusedMultiplyAdd(a, v2, s32);
            s33 = Vector512.FusedMultiplyAdd(a, v3, s33);
        }

        (lanes[0], lanes[1], lanes[2], lanes[3]) = (s00, s01, s02, s03);
        (lanes[4], lanes[5], lanes[6], lanes[7]) = (s10, s11, s12, s13);
        (lanes[8], lanes[9], lanes[10], lanes[11]) = (s20, s21, s22, s23);
        (lanes[12], lanes[13], lanes[14], lanes[15]) = (s30, s31, s32, s33);
    }
}
