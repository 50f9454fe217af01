using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Kernels.Products;
using TorchSharp.Memory;
using TorchSharp.Threading;

namespace TorchSharp.Kernels.Attention;

/// <summary>
/// A few neighbouring rows of every head of a group against all keys that they see. Keys are taken in splits of a fixed
/// size, each by itself, and what the splits give is put together in their order: so threads can share the keys of a
/// single row, and its bits are the same whether they do or not.
/// </summary>
internal unsafe struct AttentionProblem<TWeight, TElement> where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
{
    public const int RowBlock = 32;

    /// <summary>Keys to a split: many blocks, and few enough that a few thousand keys are work for several threads.</summary>
    public const int SplitKeys = 1024;

    private const int KeyBlock = AttentionScratch.KeyBlock;
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

    /// <summary>Query rows of a work item, at most.</summary>
    public readonly int MostRows => (int)(Positions * Group);

    public readonly AttentionScratch NewScratch() => new(MostRows, Padded(KeySize), Padded(ValueSize), TWeight.Size);

    public readonly int PaddedValueSize => Padded(ValueSize);

    /// <summary>The splits that an item's rows see.</summary>
    public readonly int Splits(long item)
    {
        var last = Math.Min((item % RowBlocks + 1) * Positions, Length) - 1;
        return (int)((Mask.Visible(last, Keys) + SplitKeys - 1) / SplitKeys);
    }

    /// <summary>One item, split by split.</summary>
    public readonly void Attend(long item, ref readonly AttentionScratch scratch)
    {
        var splits = Splits(item);
        if (splits == 1)
        {
            AttendSplit(item, 0, in scratch);
            Store(item, scratch.Split);
            return;
        }

        scratch.Total.Clear();
        for (var split = 0; split < splits; split++)
        {
            AttendSplit(item, split, in scratch);
            scratch.Total.Add(scratch.Split);
        }

        Store(item, scratch.Total);
    }

    /// <summary>The keys of one split, into the scratch's own sums.</summary>
    public readonly void AttendSplit(long item, int split, ref readonly AttentionScratch scratch)
    {
        var (batch, rowBlock) = Math.DivRem(item, RowBlocks);
        var offsets = Offsets[batch];
        var firstPosition = rowBlock * Positions;
        var positions = (int)Math.Min(Positions, Length - firstPosition);
        var rows = positions * (int)Group;
        var byRow = RowLanes.Fits(rows, scratch.KeySize, scratch.ValueSize) && !Mask.IsBias;
        scratch.Split.Clear();
        for (var row = 0; row < rows; row++)
            PackQuery(offsets.Query, firstPosition, positions, row, scratch.Queries + row * scratch.KeySize);
        if (byRow) scratch.StartRowLanes(rows, firstPosition, positions);

        var end = Math.Min((split + 1L) * SplitKeys, Mask.Visible(firstPosition + positions - 1, Keys));
        for (var firstKey = (long)split * SplitKeys; firstKey < end; firstKey += KeyBlock)
        {
            var keys = (int)Math.Min(KeyBlock, end - firstKey);
            var sight = Mask.Look(offsets.Mask, MaskHeadStride, (int)Group, firstPosition, positions, firstKey, keys);
            if (sight == AttentionSight.Nothing) continue;
            var k = Rows(Key, offsets.Key, firstKey, keys, KeySize, scratch.KeySize, scratch.KeyRows, out var keyStride);
            var v = Rows(Value, offsets.Value, firstKey, keys, ValueSize, scratch.ValueSize, scratch.ValueRows, out var valueStride);
            if (byRow)
                AddBlockByRow(
                    k, keyStride, v, valueStride, rows, keys, sight, offsets.Mask, firstPosition, positions, firstKey, in scratch);
            else
                AddBlock(k, keyStride, v, valueStride, rows, keys, sight, offsets.Mask, firstPosition, positions, firstKey, in scratch);
        }

        if (byRow) scratch.EndRowLanes(rows);
    }

    /// <summary>Writes the rows of an item.</summary>
    public readonly void Store(long item, AttentionSums sums)
    {
        var (batch, rowBlock) = Math.DivRem(item, RowBlocks);
        var firstPosition = rowBlock * Positions;
        var positions = (int)Math.Min(Positions, Length - firstPosition);
        for (var row = 0; row < positions * (int)Group; row++) StoreRow(Offsets[batch].Result, firstPosition, positions, row, sums);
    }

    private static int Padded(long size) => (int)((size + Unit - 1) / Unit * Unit);

    private readonly void AddBlock(
        byte* k, long keyStride, byte* v, long valueStride, int rows, int keys, AttentionSight sight,
        long mask, long firstPosition, int positions, long firstKey, ref readonly AttentionScratch scratch)
    {
        DepthLanes<TWeight>.Score(k, keyStride, v, valueStride, rows, keys, Scale, in scratch);
        var seen = false;
        for (var row = 0; row < rows; row++)
        {
            var scores = scratch.Weights + row * KeyBlock;
            if (sight != AttentionSight.Everything)
                Mask.Apply(scores, 1, mask + row / positions * MaskHeadStride, firstPosition + row % positions, firstKey, keys);
            for (var j = keys; j < KeyBlock; j++) scores[j] = float.NegativeInfinity;
            seen |= DepthLanes<TWeight>.Weigh(scores, row, in scratch);
        }

        var padded = (rows + ValueTile.Rows - 1) / ValueTile.Rows * ValueTile.Rows;
        if (seen) DepthLanes<TWeight>.AddValues(v, valueStride, padded, keys, in scratch);
    }

    private readonly void AddBlockByRow(
        byte* k, long keyStride, byte* v, long valueStride, int rows, int keys, AttentionSight sight,
        long mask, long firstPosition, int positions, long firstKey, ref readonly AttentionScratch scratch)
    {
        var wideKeys = RowLanes.Widen<TWeight>(k, ref keyStride, keys, scratch.WideKeys);
        RowLanes.Score(scratch.QueryColumns, wideKeys, keyStride, keys, Scale, scratch.Weights);
        if (Mask.Causal && sight != AttentionSight.Everything) RowLanes.Hide(scratch.Weights, scratch.Positions, firstKey, keys);
        for (var row = 0; row < rows && !Mask.Causal && sight != AttentionSight.Everything; row++)
            Mask.Apply(
                scratch.Weights + row, RowLanes.Rows, mask + row / positions * MaskHeadStride, firstPosition + row % positions, firstKey,
                keys);
        new Span<float>(scratch.Weights + keys * RowLanes.Rows, (KeyBlock - keys) * RowLanes.Rows).Fill(float.NegativeInfinity);
        RowLanes.Weigh(scratch.Weights, KeyBlock, scratch.Split.Maxima, scratch.Split.Sums, scratch.OutputColumns, RowLanes.Size);
        var wideValues = RowLanes.Widen<TWeight>(v, ref valueStride, keys, scratch.WideKeys);
        RowLanes.AddValues(scratch.Weights, wideValues, valueStride, keys, scratch.OutputColumns);
    }

    private readonly void PackQuery(long offset, long firstPosition, int positions, int row, float* to)
    {
        var (head, position) = Math.DivRem(row, positions);
        var from = new FloatRun<TElement>(
            Query.Pointer + (
                offset + head * Query.HeadStride + (firstPosition + position) * Query.RowStride) * TElement.Size, Query.Stride);
        for (long d = 0; d < KeySize; d += Unit, to += Unit) PackedRows.PackBlock<TWeight, TElement>(from, d, KeySize, to);
    }

    /// <summary>The rows where they lie, or, where a row is not a dense number of blocks, padded copies.</summary>
    private static byte* Rows(
        AttentionOperand operand, long offset, long first, int count, long size, int paddedSize, byte* copies, out long stride)
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
            for (long d = 0; d < size; d++)
                Buffer.MemoryCopy(from.At(d), copies + row * stride + d * TElement.Size, TElement.Size, TElement.Size);
        }

        return copies;
    }

    private readonly void StoreRow(long offset, long firstPosition, int positions, int row, AttentionSums sums)
    {
        var (head, position) = Math.DivRem(row, positions);
        var to = Result.Pointer + (offset + head * Result.HeadStride + (firstPosition + position) * Result.RowStride) * TElement.Size;
        var from = sums.Outputs + row * sums.ValueSize;

        // A row that sees no key at all gives zeros.
        var factor = sums.Sums[row] == 0 ? 0 : 1 / sums.Sums[row];
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
