using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// The dot products of a few packed rows with a few weight rows, kept in registers while both stream by. Sixteen lanes
/// run along the depth: lane l sums the products of every sixteenth element in order, and <see cref="VectorMath"/> adds
/// the lanes up in one fixed order. That is the definition of a dot product here, the same for every tile shape, so a
/// row gives the same bits alone and among others.
/// </summary>
internal static unsafe partial class DotTile
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
            // Rows that follow each other without a gap are one stream, which the hardware prefetches better than hints do.
            if (depth * TWeight.Size == weightStride) DotOneByOne<TWeight>(1, width, x, rowStride, w, weightStride, depth, lanes);
            else Dot1x8<TWeight>(x, rowStride, w, weightStride, depth, lanes);
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

        DotOneByOne<TWeight>(height, width, x, rowStride, w, weightStride, depth, lanes);
    }

    private static void DotOneByOne<TWeight>(
        int height, int width, float* x, long rowStride, byte* w, long weightStride, long depth, Vector512<float>* lanes)
        where TWeight : struct, IWeightFormat
    {
        for (var i = 0; i < height; i++)
        {
            for (var j = 0; j < width; j++)
            {
                Dot1x1<TWeight>(x + i * rowStride, rowStride, w + j * weightStride, weightStride, depth, lanes + i * width + j);
            }
        }
    }
}
