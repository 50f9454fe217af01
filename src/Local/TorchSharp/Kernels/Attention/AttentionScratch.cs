using System.Runtime.Intrinsics;
using TorchSharp.Kernels.Products;
using TorchSharp.Memory;

namespace TorchSharp.Kernels.Attention;

/// <summary>The working memory of one thread: packed queries, the weights of one key block, and what splits of the keys give.</summary>
internal readonly unsafe struct AttentionScratch : IDisposable
{
    /// <summary>Keys that are taken at once.</summary>
    public const int KeyBlock = 64;

    private readonly NativeStorage _storage;

    public AttentionScratch(int rows, int keySize, int valueSize, int elementSize)
    {
        (KeySize, ValueSize) = (keySize, valueSize);
        var byRow = RowLanes.Fits(rows, keySize, valueSize);
        var padded = byRow ? RowLanes.Rows : (rows + ValueTile.Rows - 1) / ValueTile.Rows * ValueTile.Rows;
        var sums = AttentionSums.Floats(padded, valueSize);
        var columns = byRow ? RowLanes.Size * RowLanes.Rows : 0;
        var wide = byRow ? KeyBlock * RowLanes.Size : 0;
        var floats = 256L + (long)padded * (keySize + KeyBlock) + 2 * sums + 2L * columns + wide + RowLanes.Rows;
        var bytes = checked((int)(floats * sizeof(float) + (long)KeyBlock * (keySize + valueSize) * elementSize));
        _storage = NativeStorage.Allocate(bytes);
        new Span<byte>(_storage.Pointer, bytes).Clear();
        Lanes = (Vector512<float>*)_storage.Pointer;
        Queries = (float*)_storage.Pointer + 256;
        Weights = Queries + (long)padded * keySize;
        Split = new AttentionSums(Weights + (long)padded * KeyBlock, padded, valueSize);
        Total = new AttentionSums(Split.Outputs + sums, padded, valueSize);
        QueryColumns = Total.Outputs + sums;
        OutputColumns = QueryColumns + columns;
        WideKeys = OutputColumns + columns;
        Positions = (int*)(WideKeys + wide);
        KeyRows = (byte*)(Positions + RowLanes.Rows);
        ValueRows = KeyRows + (long)KeyBlock * keySize * elementSize;
    }

    public int KeySize { get; }

    public int ValueSize { get; }

    /// <summary>Room for the lanes of a tile of sixteen dot products.</summary>
    public Vector512<float>* Lanes { get; }

    public float* Queries { get; }

    /// <summary>Scores, then weights: by row, or by key where rows are lanes.</summary>
    public float* Weights { get; }

    /// <summary>What the split at hand gives.</summary>
    public AttentionSums Split { get; }

    /// <summary>What all splits until now give.</summary>
    public AttentionSums Total { get; }

    /// <summary>Where rows are lanes: the queries, an element of all rows after the other.</summary>
    public float* QueryColumns { get; }

    /// <summary>Where rows are lanes: the outputs, likewise.</summary>
    public float* OutputColumns { get; }

    /// <summary>Where rows are lanes: a block of keys or values in float32.</summary>
    public float* WideKeys { get; }

    public byte* KeyRows { get; }

    public byte* ValueRows { get; }

    /// <summary>Where rows are lanes: their positions.</summary>
    public int* Positions { get; }

    public void StartRowLanes(int rows, long firstPosition, int positions)
    {
        for (var row = 0; row < RowLanes.Rows; row++) Positions[row] = (int)firstPosition + row % positions;
        RowLanes.Transpose(Queries, KeySize, QueryColumns, RowLanes.Rows, rows, RowLanes.Size);
        new Span<float>(OutputColumns, RowLanes.Size * RowLanes.Rows).Clear();
    }

    public void EndRowLanes(int rows) => RowLanes.Transpose(OutputColumns, RowLanes.Rows, Split.Outputs, ValueSize, RowLanes.Size, rows);

    public void Dispose() => _storage.Release();
}
