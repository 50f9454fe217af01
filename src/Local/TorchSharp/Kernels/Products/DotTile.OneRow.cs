using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

internal static unsafe partial class DotTile
{
    /// <summary>One row against eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1x8<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var w4 = w3 + weightStride;
        var w5 = w4 + weightStride;
        var w6 = w5 + weightStride;
        var w7 = w6 + weightStride;
        var (s00, s01, s02, s03, s04, s05, s06, s07) = (lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5], lanes[6], lanes[7]);
        for (long k = 0; k < depth; k += 32)
        {
            Prefetching.At(w + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w1 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w2 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w3 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w4 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w5 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w6 + 8 * weightStride + k * TWeight.Size);
            Prefetching.At(w7 + 8 * weightStride + k * TWeight.Size);
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size);
            var v1 = TWeight.LoadFirst(w1 + k * TWeight.Size);
            var v2 = TWeight.LoadFirst(w2 + k * TWeight.Size);
            var v3 = TWeight.LoadFirst(w3 + k * TWeight.Size);
            var v4 = TWeight.LoadFirst(w4 + k * TWeight.Size);
            var v5 = TWeight.LoadFirst(w5 + k * TWeight.Size);
            var v6 = TWeight.LoadFirst(w6 + k * TWeight.Size);
            var v7 = TWeight.LoadFirst(w7 + k * TWeight.Size);
            var a = Vector512.Load(x + k);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            s04 = Vector512.FusedMultiplyAdd(a, v4, s04);
            s05 = Vector512.FusedMultiplyAdd(a, v5, s05);
            s06 = Vector512.FusedMultiplyAdd(a, v6, s06);
            s07 = Vector512.FusedMultiplyAdd(a, v7, s07);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size);
            v2 = TWeight.LoadSecond(w2 + k * TWeight.Size);
            v3 = TWeight.LoadSecond(w3 + k * TWeight.Size);
            v4 = TWeight.LoadSecond(w4 + k * TWeight.Size);
            v5 = TWeight.LoadSecond(w5 + k * TWeight.Size);
            v6 = TWeight.LoadSecond(w6 + k * TWeight.Size);
            v7 = TWeight.LoadSecond(w7 + k * TWeight.Size);
            a = Vector512.Load(x + k + 16);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
            s04 = Vector512.FusedMultiplyAdd(a, v4, s04);
            s05 = Vector512.FusedMultiplyAdd(a, v5, s05);
            s06 = Vector512.FusedMultiplyAdd(a, v6, s06);
            s07 = Vector512.FusedMultiplyAdd(a, v7, s07);
        }

        (lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5], lanes[6], lanes[7]) = (s00, s01, s02, s03, s04, s05, s06, s07);
    }

    /// <summary>One row against four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1x4<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var (s00, s01, s02, s03) = (lanes[0], lanes[1], lanes[2], lanes[3]);
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
            v0 = TWeight.LoadSecond(w + k * TWeight.Size);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size);
            v2 = TWeight.LoadSecond(w2 + k * TWeight.Size);
            v3 = TWeight.LoadSecond(w3 + k * TWeight.Size);
            a = Vector512.Load(x + k + 16);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, v1, s01);
            s02 = Vector512.FusedMultiplyAdd(a, v2, s02);
            s03 = Vector512.FusedMultiplyAdd(a, v3, s03);
        }

        (lanes[0], lanes[1], lanes[2], lanes[3]) = (s00, s01, s02, s03);
    }

    /// <summary>One row against one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1x1<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var s00 = lanes[0];
        for (long k = 0; k < depth; k += 32)
        {
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size);
            var a = Vector512.Load(x + k);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size);
            a = Vector512.Load(x + k + 16);
            s00 = Vector512.FusedMultiplyAdd(a, v0, s00);
        }

        lanes[0] = s00;
    }
}
