using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Kernels.Products;
using TorchSharp.Memory;
using TorchSharp.Threading;

namespace TorchSharp.Kernels.Attention;

/// <summary>A few neighbouring rows of every head of a group against all keys that they see.</summary>
internal unsafe struct AttentionBody<TWeight, TElement> : IRangeBody where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
{
    public const int RowBlock = 32;

    private const int KeyBlock = 64;
    private const int Unit = PackedRows.Block;

    public AttentionOffsets* Offsets;
    public AttentionOperand Query;
    public AttentionOperand Key;
    public AttentionOperand Value;
    public AttentionOperand Result;
    public AttentionMask Mask;
    public long MaskHeadStride;
    public long Group;
    public long Length;
    public long Keys;
    public long KeySize;
    public long ValueSize;
    public long Positions;
    public long RowBlocks;
    public float Scale;

    public readonly void Run(long begin, long end)
    {
        using var scratch = new AttentionScratch((int)(Positions * Group + ValueTile.Rows - 1), Padded(KeySize), Padded(ValueSize), KeyBlock, TWeight.Size);
        for (var item = begin; item < end; item++)
        {
            var (batch, rowBlock) = Math.DivRem(item, RowBlocks);
            Attend(Offsets[batch], rowBlock * Positions, in scratch);
        }
    }

    private static int Padded(long size) => (int)((size + Unit - 1) / Unit * Unit);

    private readonly void Attend(AttentionOffsets offsets, long firstPosition, ref readonly AttentionScratch scratch)
    {
        var positions = (int)Math.Min(Positions, Length - firstPosition);
        var rows = positions * (int)Group;
        var padded = (rows + ValueTile.Rows - 1) / ValueTile.Rows * ValueTile.Rows;
        scratch.Start(padded);
        for (var row = 0; row < rows; row++) PackQuery(offsets.Query, firstPosition, positions, row, scratch.Queries + row * scratch.KeySize);

        var visible = Mask.Visible(firstPosition + positions - 1, Keys);
        for (long firstKey = 0; firstKey < visible; firstKey += KeyBlock)
        {
            var keys = (int)Math.Min(KeyBlock, visible - firstKey);
            var k = Rows(Key, offsets.Key, firstKey, keys, KeySize, scratch.KeySize, scratch.KeyRows, out var keyStride);
            var v = Rows(Value, offsets.Value, firstKey, keys, ValueSize, scratch.ValueSize, scratch.ValueRows, out var valueStride);
            Score(k, keyStride, v, valueStride, rows, keys, in scratch);
            var seen = false;
            for (var row = 0; row < rows; row++)
            {
                var scores = scratch.Weights + row * KeyBlock;
                Mask.Apply(scores, offsets.Mask + row / positions * MaskHeadStride, firstPosition + row % positions, firstKey, keys);
                for (var j = keys; j < KeyBlock; j++) scores[j] = float.NegativeInfinity;
                seen |= Weigh(scores, row, in scratch);
            }

            if (seen) AddValues(v, valueStride, padded, keys, in scratch);
        }

        for (var row = 0; row < rows; row++) StoreRow(offsets.Result, firstPosition, positions, row, in scratch);
    }

    private readonly void PackQuery(long offset, long firstPosition, int positions, int row, float* to)
    {
        var (head, position) = Math.DivRem(row, positions);
        var from = new FloatRun<TElement>(
            Query.Pointer + (offset + head * Query.HeadStride + (firstPosition + position) * Query.RowStride) * TElement.Size, Query.Stride);
        for (long d = 0; d < KeySize; d += Unit, to += Unit) PackedRows.PackBlock<TWeight, TElement>(from, d, KeySize, to);
    }

    /// <summary>The rows where they lie, or, where a row is not a dense number of blocks, padded copies.</summary>
    private static byte* Rows(AttentionOperand operand, long offset, long first, int count, long size, int paddedSize, byte* copies, out long stride)
    {
        var at = operand.Pointer + (offset + first * operand.RowStride) * TElement.Size;
        if (operand.Stride == 1 && size == paddedSize)
        {
            stride = operand.RowStride * TElement.Size;
            return at;
        }

        stride = paddedSize * TElement.Size;
        for (var row = 0; row < count; row++)
        {
            var from = new FloatRun<TElement>(at + row * operand.RowStride * TElement.Size, operand.Stride);
            for (long d = 0; d < size; d++) Buffer.MemoryCopy(from.At(d), copies + row * stride + d * TElement.Size, TElement.Size, TElement.Size);
        }

        return copies;
    }

    private readonly void Score(byte* keys, long keyStride, byte* values, long valueStride, int rows, int count, ref readonly AttentionScratch scratch)
    {
        var scale = Vector512.Create(Scale);
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
                DotTile.Accumulate<TWeight>(height, width, queries, scratch.KeySize, keys + j * keyStride, keyStride, scratch.KeySize, scratch.Lanes);
                for (var m = 0; m < height; m++)
                {
                    for (var n = 0; n < width; n++) to[m * KeyBlock + n] = VectorMath.Sum(scratch.Lanes[m * width + n]) * Scale;
                }
            }
        }
    }

    /// <summary>Turns a row's scores into weights under the running maximum; false where the row sees none of the keys.</summary>
    private static bool Weigh(float* scores, int row, ref readonly AttentionScratch scratch)
    {
        var (a, b, c, d) = (Vector512.Load(scores), Vector512.Load(scores + 16), Vector512.Load(scores + 32), Vector512.Load(scores + 48));
        var top = Greatest(Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d)));
        var before = scratch.Maxima[row];
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
            scratch.Sums[row] += sum;
            return true;
        }

        var decay = VectorMath.Exp(Vector512.Create(before - maximum));
        scratch.Sums[row] = scratch.Sums[row] * decay.ToScalar() + sum;
        scratch.Maxima[row] = maximum;
        var output = scratch.Outputs + row * scratch.ValueSize;
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

    private static void AddValues(byte* values, long valueStride, int rows, int keys, ref readonly AttentionScratch scratch)
    {
        for (var i = 0; i < rows; i += ValueTile.Rows)
        {
            var (output, weights) = (i * scratch.ValueSize, i * KeyBlock);
            var at = 0;
            for (; at <= scratch.ValueSize - 2 * Unit; at += 2 * Unit)
            {
                ValueTile.Add64<TWeight>(scratch.Outputs + output + at, scratch.ValueSize, scratch.Weights + weights, KeyBlock, values + at * TWeight.Size, valueStride, keys);
            }

            if (at < scratch.ValueSize)
            {
                ValueTile.Add32<TWeight>(scratch.Outputs + output + at, scratch.ValueSize, scratch.Weights + weights, KeyBlock, values + at * TWeight.Size, valueStride, keys);
            }
        }
    }

    private readonly void StoreRow(long offset, long firstPosition, int positions, int row, ref readonly AttentionScratch scratch)
    {
        var (head, position) = Math.DivRem(row, positions);
        var to = Result.Pointer + (offset + head * Result.HeadStride + (firstPosition + position) * Result.RowStride) * TElement.Size;
        var from = scratch.Outputs + row * scratch.ValueSize;

        // A row that sees no key at all gives zeros.
        var factor = scratch.Sums[row] == 0 ? 0 : 1 / scratch.Sums[row];
        if (Result.Stride == 1 && ValueSize % Unit == 0)
        {
            for (long d = 0; d < ValueSize; d += Unit)
            {
                TWeight.Store(to + d * TElement.Size, Vector512.Load(from + d) * factor, Vector512.Load(from + d + 16) * factor);
            }

            return;
        }

        var places = stackalloc float[Unit];
        for (var i = 0; i < Unit; i++) places[i] = i;
        TWeight.Arrange(places);
        for (long d = 0; d < ValueSize; d += Unit)
        {
            for (var j = 0; j < Unit; j++)
            {
                var element = d + (int)places[j];
                if (element < ValueSize) TElement.Store(to + element * Result.Stride * TElement.Size, from[d + j] * factor);
            }
        }
    }
}
