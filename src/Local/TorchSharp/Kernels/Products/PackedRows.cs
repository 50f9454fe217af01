using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Memory;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// Activations as float32, in blocks of 32 arranged as the weights load, each row padded with zeros to whole blocks.
/// </summary>
internal sealed unsafe class PackedRows : IDisposable
{
    public const int Block = 32;

    private readonly NativeStorage _storage;

    private PackedRows(long rows, long depth)
    {
        Blocks = (depth + Block - 1) / Block;
        _storage = NativeStorage.Allocate(rows * Stride * sizeof(float));
        Pointer = (float*)_storage.Pointer;
    }

    /// <summary>Blocks to a row.</summary>
    public long Blocks { get; }

    /// <summary>Floats to a row.</summary>
    public long Stride => Blocks * Block;

    public float* Pointer { get; }

    /// <summary>Packs a matrix, with rows of zeros up to a multiple of <paramref name="tile"/>.</summary>
    public static PackedRows Pack<TWeight>(Tensor rows, int tile = 1) where TWeight : struct, IWeightFormat
    {
        var padded = (rows.Sizes[0] + tile - 1) / tile * tile;
        var packed = new PackedRows(padded, rows.Sizes[1]);
        var filled = rows.Sizes[0] * packed.Stride;
        new Span<float>(packed.Pointer + filled, checked((int)((padded - rows.Sizes[0]) * packed.Stride))).Clear();
        var visitor = new Visitor<TWeight> { Rows = rows, Packed = packed };
        ElementTypes.DispatchFloat(rows.dtype, ref visitor);
        return packed;
    }

    public void Dispose() => _storage.Release();

    /// <summary>Packs the block of a row that begins at <paramref name="k"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackBlock<TWeight, T>(FloatRun<T> row, long k, long depth, float* to) where TWeight : struct, IWeightFormat where T : struct, IFloatElement
    {
        var sameFormat = (typeof(TWeight) == typeof(BFloat16Weights) && typeof(T) == typeof(BFloat16Element))
            || (typeof(TWeight) == typeof(SingleWeights) && typeof(T) == typeof(SingleElement))
            || (typeof(TWeight) == typeof(HalfWeights) && typeof(T) == typeof(HalfElement));
        if (sameFormat && row.IsDense && depth - k >= Block)
        {
            TWeight.LoadFirst(row.At(k)).Store(to);
            TWeight.LoadSecond(row.At(k)).Store(to + 16);
            return;
        }

        for (var j = 0; j < Block; j++) to[j] = k + j < depth ? T.Load(row.At(k + j)) : 0;
        TWeight.Arrange(to);
    }

    private struct Visitor<TWeight> : IFloatVisitor where TWeight : struct, IWeightFormat
    {
        public Tensor Rows;
        public PackedRows Packed;

        public readonly void Visit<T>() where T : struct, IFloatElement
        {
            var body = new Body<TWeight, T>
            {
                Target = Packed.Pointer,
                Blocks = Packed.Blocks,
                Source = Rows.Pointer,
                RowStride = Rows.Strides[0],
                Stride = Rows.Strides[1],
                Depth = Rows.Sizes[1],
            };
            WorkerPool.For(Rows.Sizes[0], Math.Max(1, (1 << 14) / Math.Max(Rows.Sizes[1], 1)), ref body);
        }
    }

    private struct Body<TWeight, T> : IRangeBody where TWeight : struct, IWeightFormat where T : struct, IFloatElement
    {
        public float* Target;
        public long Blocks;
        public byte* Source;
        public long RowStride;
        public long Stride;
        public long Depth;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var row = new FloatRun<T>(Source + i * RowStride * T.Size, Stride);
                var to = Target + i * Blocks * Block;
                for (long k = 0; k < Depth; k += Block, to += Block)
                {
                    PackBlock<TWeight, T>(row, k, Depth, to);
                }
            }
        }
    }
}
