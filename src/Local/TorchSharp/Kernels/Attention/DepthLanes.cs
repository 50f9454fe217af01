using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Kernels.Products;

namespace TorchSharp.Kernels.Attention;

/// <summary>
/// A block of keys against query rows of any number and size: lanes run along the depth of a dot product, and along the keys of a row's
/// weights.
/// </summary>
internal static unsafe class DepthLanes<TWeight> where TWeight : struct, IWeightFormat
{
    private const int KeyBlock = AttentionScratch.KeyBlock;
    private const int Unit = PackedRows.Block;

    /// <summary>The scores of keys, a row of <see cref="AttentionScratch.KeyBlock"/> for each query row.</summary>
    public static void Score(
        byte* keys, long keyStride, byte* values, long valueStride, int rows, int count, float factor,
        ref readonly AttentionScratch scratch)
    {
        var scale = Vector512.Create(factor);
        for (var j = 0; j < count; j += DotTile.Width)
        {
            for (var n = 0; n < DotTile.Width; n++)
            {
                Prefetching.Row(keys + (j + n + KeyBlock) * keyStride, scratch.KeySize * TWeight.Size);
                Prefetching.Row(values + (j + n) * valueStride, scratch.ValueSize * TWeight.Size);
            }

            var width = Math.Min(DotTile.Width, count - j);
            for (var i = 0; i < rows; i += DotTile.Height)
            {
                var height = Math.Min(DotTile.Height, rows - i);
                var queries = scratch.Queries + i * scratch.KeySize;
                var to = scratch.Weights + i * KeyBlock + j;
                if (width == DotTile.Width && Vector512.IsHardwareAccelerated)
                {
                    // Rows beyond the last are padding, there to be computed and forgotten.
                    var sums = DotTile.Sums4x4<TWeight>(queries, scratch.KeySize, keys + j * keyStride, keyStride, scratch.KeySize) * scale;
                    sums.GetLower().GetLower().Store(to);
                    sums.GetLower().GetUpper().Store(to + KeyBlock);
                    sums.GetUpper().GetLower().Store(to + 2 * KeyBlock);
                    sums.GetUpper().GetUpper().Store(to + 3 * KeyBlock);
                    continue;
                }

                new Span<Vector512<float>>(scratch.Lanes, DotTile.Width * DotTile.Height).Clear();
                DotTile.Accumulate<TWeight>(
                    height, width, queries, scratch.KeySize, keys + j * keyStride, keyStride, scratch.KeySize, scratch.Lanes);
                for (var m = 0; m < height; m++)
                {
                    for (var n = 0; n < width; n++) to[m * KeyBlock + n] = VectorMath.Sum(scratch.Lanes[m * width + n]) * factor;
                }
            }
        }
    }

    /// <summary>Turns a row's scores into weights under the running maximum; false where the row sees none of the keys.</summary>
    public static bool Weigh(float* scores, int row, ref readonly AttentionScratch scratch)
    {
        var (a, b, c, d) = (Vector512.Load(scores), Vector512.Load(scores + 16), Vector512.Load(scores + 32), Vector512.Load(scores + 48));
        var top = Greatest(Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d)));
        var before = scratch.Split.Maxima[row];
        var maximum = MathF.Max(before, top);
        if (float.IsNegativeInfinity(maximum))
        {
            new Span<float>(scores, KeyBlock).Clear();
            return false;
        }

        var shift = Vector512.Create(maximum);
        (a, b, c, d) = (VectorMath.Exp(a - shift), VectorMath.Exp(b - shift), VectorMath.Exp(c - shift), VectorMath.Exp(d - shift));
        a.Store(scores);
        b.Store(scores + 16);
        c.Store(scores + 32);
        d.Store(scores + 48);
        var sum = VectorMath.Sum((a + b) + (c + d));
        if (maximum == before)
        {
            scratch.Split.Sums[row] += sum;
            return true;
        }

        var decay = VectorMath.Exp(Vector512.Create(before - maximum));
        scratch.Split.Sums[row] = scratch.Split.Sums[row] * decay.ToScalar() + sum;
        scratch.Split.Maxima[row] = maximum;
        var output = scratch.Split.Outputs + row * scratch.ValueSize;
        for (var at = 0; at < scratch.ValueSize; at += 16) (Vector512.Load(output + at) * decay).Store(output + at);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Greatest(Vector512<float> lanes)
    {
        var eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        var two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two.ToScalar(), two.GetElement(1));
    }

    public static void AddValues(byte* values, long valueStride, int rows, int keys, ref readonly AttentionScratch scratch)
    {
        for (var i = 0; i < rows; i += ValueTile.Rows)
        {
            var (output, weights) = (i * scratch.ValueSize, i * KeyBlock);
            var at = 0;
            for (; at <= scratch.ValueSize - 2 * Unit; at += 2 * Unit)
            {
                ValueTile.Add64<TWeight>(
                    scratch.Split.Outputs + output + at, scratch.ValueSize, scratch.Weights + weights, KeyBlock, values + at * TWeight.Size,
                    valueStride, keys);
            }

            if (at < scratch.ValueSize)
            {
                ValueTile.Add32<TWeight>(
                    scratch.Split.Outputs + output + at, scratch.ValueSize, scratch.Weights + weights, KeyBlock, values + at * TWeight.Size,
                    valueStride, keys);
            }
        }
    }
}
