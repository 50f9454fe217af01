using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// The dot products of a few packed rows with a few weight rows, kept in registers while both stream by. Sixteen lanes
/// run along the depth: lane l sums the products of every sixteenth element in order, and <see cref="VectorMath"/> adds
/// the lanes up in one fixed order. That is the definition of a dot product here, the same for every tile shape, so a
/// row gives the same bits alone and among others.
/// </summary>
internal static unsafe class DotTile
{
    /// <summary>Weight rows to a full tile.</summary>
    public const int Width = 4;

    /// <summary>Weight rows to a full tile of a single packed row, which has registers to spare for more streams.</summary>
    public const int WidthOfOneRow = 8;

    /// <summary>Packed rows to a full tile.</summary>
    public const int Height = 4;

    /// <summary>
    /// Adds to <paramref name="lanes"/>, row by row, the products of <paramref name="height"/> rows with
    /// <paramref name="width"/> weight rows over <paramref name="depth"/> elements, a multiple of 32.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate<TWeight>(
        int height, int width, float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        if (!Vector512.IsHardwareAccelerated && height > 1)
        {
            NarrowDotTile.Accumulate<TWeight>(height, width, x, rowStride, w, weightStride, depth, lanes);
            return;
        }

        if (height == 1 && width == WidthOfOneRow)
        {
            Dot1x8<TWeight>(x, rowStride, w, weightStride, depth, lanes);
            return;
        }

        if (width == Width)
        {
            switch (height)
            {
                case 1: Dot1x4<TWeight>(x, rowStride, w, weightStride, depth, lanes); return;
                case 2: Dot2x4<TWeight>(x, rowStride, w, weightStride, depth, lanes); return;
                case 3: Dot3x4<TWeight>(x, rowStride, w, weightStride, depth, lanes); return;
                default: Dot4x4<TWeight>(x, rowStride, w, weightStride, depth, lanes); return;
            }
        }

        for (var i = 0; i < height; i++)
        {
            for (var j = 0; j < width; j++)
            {
                Dot1x1<TWeight>(x + i * rowStride, rowStride, w + j * weightStride, weightStride, depth, lanes + i * width + j);
            }
        }
    }

    /// <summary>Four rows against four, from nothing to the sums, row by row: for depths so short that lanes are better never stored.</summary>
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

    /// <summary>Three rows against four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot3x4<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var x2 = x1 + rowStride;
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var (s00, s01, s02, s03) = (lanes[0], lanes[1], lanes[2], lanes[3]);
        var (s10, s11, s12, s13) = (lanes[4], lanes[5], lanes[6], lanes[7]);
        var (s20, s21, s22, s23) = (lanes[8], lanes[9], lanes[10], lanes[11]);
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
        }

        (lanes[0], lanes[1], lanes[2], lanes[3]) = (s00, s01, s02, s03);
        (lanes[4], lanes[5], lanes[6], lanes[7]) = (s10, s11, s12, s13);
        (lanes[8], lanes[9], lanes[10], lanes[11]) = (s20, s21, s22, s23);
    }

    /// <summary>Two rows against four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dot2x4<TWeight>(float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        var x1 = x + rowStride;
        var w1 = w + weightStride;
        var w2 = w1 + weightStride;
        var w3 = w2 + weightStride;
        var (s00, s01, s02, s03) = (lanes[0], lanes[1], lanes[2], lanes[3]);
        var (s10, s11, s12, s13) = (lanes[4], lanes[5], lanes[6], lanes[7]);
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
        }

        (lanes[0], lanes[1], lanes[2], lanes[3]) = (s00, s01, s02, s03);
        (lanes[4], lanes[5], lanes[6], lanes[7]) = (s10, s11, s12, s13);
    }

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
