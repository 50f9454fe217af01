using System.Runtime.Intrinsics;
using TorchSharp.Memory;

namespace TorchSharp.Kernels.Attention;

/// <summary>The working memory of one thread: packed queries, the weights of one key block, running outputs, maxima and sums.</summary>
internal readonly unsafe struct AttentionScratch : IDisposable
{
    private readonly NativeStorage _storage;
    private readonly int _rows;

    public AttentionScratch(int rows, int keySize, int valueSize, int keyBlock, int elementSize)
    {
        _rows = (rows + 3) / 4 * 4;
        KeySize = keySize;
        ValueSize = valueSize;
        var floats = _rows * (keySize + keyBlock + valueSize + 32L);
        var lanes = 16L * sizeof(Vector512<float>);
        var copies = (long)keyBlock * (keySize + valueSize) * elementSize;
        _storage = NativeStorage.Allocate(lanes + floats * sizeof(float) + copies);
        new Span<byte>(_storage.Pointer, checked((int)(lanes + floats * sizeof(float) + copies))).Clear();
        Lanes = (Vector512<float>*)_storage.Pointer;
        Queries = (float*)(_storage.Pointer + lanes);
        Weights = Queries + (long)_rows * keySize;
        Outputs = Weights + _rows * keyBlock;
        Maxima = Outputs + (long)_rows * valueSize;
        Sums = Maxima + _rows * 16;
        KeyRows = (byte*)(Sums + _rows * 16);
        ValueRows = KeyRows + (long)keyBlock * keySize * elementSize;
    }

    public int KeySize { get; }

    public int ValueSize { get; }

    public Vector512<float>* Lanes { get; }

    public float* Queries { get; }

    public float* Weights { get; }

    public float* Outputs { get; }

    public float* Maxima { get; }

    public float* Sums { get; }

    public byte* KeyRows { get; }

    public byte* ValueRows { get; }

    /// <summary>Forgets the rows before.</summary>
    public void Start(int rows)
    {
        new Span<float>(Outputs, rows * ValueSize).Clear();
        new Span<float>(Sums, rows).Clear();
        new Span<float>(Maxima, rows).Fill(float.NegativeInfinity);
    }

    public void Dispose() => _storage.Release();
}
