using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// <see cref="DotTile"/> for processors with sixteen registers of eight lanes: a lane vector is a pair of registers, and a
/// tile is computed two by two, which is what fits. Every lane sums the same products in the same order.
/// </summary>
internal static unsafe class NarrowDotTile
{
    public static void Accumulate<TWeight>(
        int height, int width, float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        for (var i = 0; i < height; i += 2)
        {
            for (var j = 0; j < width; j += 2)
            {
                var rows = x + i * rowStride;
                var weights = w + j * weightStride;
                var to = lanes + i * width + j;
                switch (Math.Min(height - i, 2), Math.Min(width - j, 2))
                {
                    case (2, 2): Dot2x2<TWeight>(rows, rowStride, weights, weightStride, depth, to, width); break;
                    case (1, 2): Dot1x2<TWeight>(rows, rowStride, weights, weightStride, depth, to, width); break;
                    case (2, 1): Dot2x1<TWeight>(rows, rowStride, weights, weightStride, depth, to, width); break;
                    default: Dot1x1<TWeight>(rows, rowStride, weights, weightStride, depth, to, width); break;
                }
            }
        }
    }

    /// <summary>Two rows against two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot2x2<TWeight>(
        float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes, int pitch)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var w1 = w + weightStride;
        var (l00, h00) = (lanes[0].GetLower(), lanes[0].GetUpper());
        var (l01, h01) = (lanes[1].GetLower(), lanes[1].GetUpper());
        var (l10, h10) = (lanes[pitch].GetLower(), lanes[pitch].GetUpper());
        var (l11, h11) = (lanes[pitch + 1].GetLower(), lanes[pitch + 1].GetUpper());
        for (long k = 0; k < depth; k += 32)
        {
            Prefetching.At(w + DotTile.Width * weightStride + k * TWeight.Size);
            Prefetching.At(w1 + DotTile.Width * weightStride + k * TWeight.Size);
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size, 0);
            var v1 = TWeight.LoadFirst(w1 + k * TWeight.Size, 0);
            var a = Vector256.Load(x + k);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            l01 = Vector256.FusedMultiplyAdd(a, v1, l01);
            a = Vector256.Load(x1 + k);
            l10 = Vector256.FusedMultiplyAdd(a, v0, l10);
            l11 = Vector256.FusedMultiplyAdd(a, v1, l11);
            v0 = TWeight.LoadFirst(w + k * TWeight.Size, 1);
            v1 = TWeight.LoadFirst(w1 + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 8);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            h01 = Vector256.FusedMultiplyAdd(a, v1, h01);
            a = Vector256.Load(x1 + k + 8);
            h10 = Vector256.FusedMultiplyAdd(a, v0, h10);
            h11 = Vector256.FusedMultiplyAdd(a, v1, h11);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 0);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size, 0);
            a = Vector256.Load(x + k + 16);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            l01 = Vector256.FusedMultiplyAdd(a, v1, l01);
            a = Vector256.Load(x1 + k + 16);
            l10 = Vector256.FusedMultiplyAdd(a, v0, l10);
            l11 = Vector256.FusedMultiplyAdd(a, v1, l11);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 1);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 24);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            h01 = Vector256.FusedMultiplyAdd(a, v1, h01);
            a = Vector256.Load(x1 + k + 24);
            h10 = Vector256.FusedMultiplyAdd(a, v0, h10);
            h11 = Vector256.FusedMultiplyAdd(a, v1, h11);
        }

        lanes[0] = Vector512.Create(l00, h00);
        lanes[1] = Vector512.Create(l01, h01);
        lanes[pitch] = Vector512.Create(l10, h10);
        lanes[pitch + 1] = Vector512.Create(l11, h11);
    }

    /// <summary>One row against two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1x2<TWeight>(
        float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes, int pitch)
        where TWeight : struct, IWeightFormat
    {
        var w1 = w + weightStride;
        var (l00, h00) = (lanes[0].GetLower(), lanes[0].GetUpper());
        var (l01, h01) = (lanes[1].GetLower(), lanes[1].GetUpper());
        for (long k = 0; k < depth; k += 32)
        {
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size, 0);
            var v1 = TWeight.LoadFirst(w1 + k * TWeight.Size, 0);
            var a = Vector256.Load(x + k);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            l01 = Vector256.FusedMultiplyAdd(a, v1, l01);
            v0 = TWeight.LoadFirst(w + k * TWeight.Size, 1);
            v1 = TWeight.LoadFirst(w1 + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 8);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            h01 = Vector256.FusedMultiplyAdd(a, v1, h01);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 0);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size, 0);
            a = Vector256.Load(x + k + 16);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            l01 = Vector256.FusedMultiplyAdd(a, v1, l01);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 1);
            v1 = TWeight.LoadSecond(w1 + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 24);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            h01 = Vector256.FusedMultiplyAdd(a, v1, h01);
        }

        lanes[0] = Vector512.Create(l00, h00);
        lanes[1] = Vector512.Create(l01, h01);
    }

    /// <summary>Two rows against one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot2x1<TWeight>(
        float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes, int pitch)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var (l00, h00) = (lanes[0].GetLower(), lanes[0].GetUpper());
        var (l10, h10) = (lanes[pitch].GetLower(), lanes[pitch].GetUpper());
        for (long k = 0; k < depth; k += 32)
        {
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size, 0);
            var a = Vector256.Load(x + k);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            a = Vector256.Load(x1 + k);
            l10 = Vector256.FusedMultiplyAdd(a, v0, l10);
            v0 = TWeight.LoadFirst(w + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 8);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            a = Vector256.Load(x1 + k + 8);
            h10 = Vector256.FusedMultiplyAdd(a, v0, h10);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 0);
            a = Vector256.Load(x + k + 16);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            a = Vector256.Load(x1 + k + 16);
            l10 = Vector256.FusedMultiplyAdd(a, v0, l10);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 24);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            a = Vector256.Load(x1 + k + 24);
            h10 = Vector256.FusedMultiplyAdd(a, v0, h10);
        }

        lanes[0] = Vector512.Create(l00, h00);
        lanes[pitch] = Vector512.Create(l10, h10);
    }

    /// <summary>One row against one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot1x1<TWeight>(
        float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes, int pitch)
        where TWeight : struct, IWeightFormat
    {
        var (l00, h00) = (lanes[0].GetLower(), lanes[0].GetUpper());
        for (long k = 0; k < depth; k += 32)
        {
            var v0 = TWeight.LoadFirst(w + k * TWeight.Size, 0);
            var a = Vector256.Load(x + k);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            v0 = TWeight.LoadFirst(w + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 8);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 0);
            a = Vector256.Load(x + k + 16);
            l00 = Vector256.FusedMultiplyAdd(a, v0, l00);
            v0 = TWeight.LoadSecond(w + k * TWeight.Size, 1);
            a = Vector256.Load(x + k + 24);
            h00 = Vector256.FusedMultiplyAdd(a, v0, h00);
        }

        lanes[0] = Vector512.Create(l00, h00);
    }
}
