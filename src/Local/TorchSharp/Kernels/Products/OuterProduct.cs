using TorchSharp.Memory;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// c[i, j] = Σₖ x[i, k] · b[k, j], for matrices b whose rows are dense: every row of b is scaled and added, k after k.
/// Each result is one running sum, the same whatever else is computed.
/// </summary>
internal static unsafe class OuterProduct
{
    private const int ColumnBlock = 64;
    private const long MultipliesPerPart = 1 << 17;

    public static void Run(Tensor c, Tensor x, Tensor b)
    {
        switch (b.dtype)
        {
            case ScalarType.BFloat16: Run<BFloat16Weights, BFloat16Element>(c, x, b); break;
            case ScalarType.Float32: Run<SingleWeights, SingleElement>(c, x, b); break;
            case ScalarType.Float16: Run<HalfWeights, HalfElement>(c, x, b); break;
            default: throw new NotSupportedException($"Matrix products of {b.dtype} are not supported by this build.");
        }
    }

    private static void Run<TWeight, TElement>(Tensor c, Tensor x, Tensor b)
        where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        // Factors are read one by one, in the order of their index.
        using var packed = PackedRows.Pack<SingleWeights>(x, ValueTile.Rows);
        var body = new Body<TWeight, TElement>
        {
            C = c.Pointer,
            ResultStride = c.Strides[0],
            ColumnStride = c.Strides[1],
            X = packed.Pointer,
            RowStride = packed.Stride,
            B = b.Pointer,
            DepthStride = b.Strides[0] * TWeight.Size,
            Rows = c.Sizes[0],
            Columns = c.Sizes[1],
            Depth = x.Sizes[1],
            RowBlocks = (c.Sizes[0] + ValueTile.Rows - 1) / ValueTile.Rows,
        };
        var columnBlocks = (c.Sizes[1] + ColumnBlock - 1) / ColumnBlock;
        var work = ValueTile.Rows * ColumnBlock * Math.Max(x.Sizes[1], 1);
        WorkerPool.For(columnBlocks * body.RowBlocks, Math.Max(1, MultipliesPerPart / work), ref body);
    }

    private struct Body<TWeight, TElement> : IRangeBody where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        public byte* C;
        public long ResultStride;
        public long ColumnStride;
        public float* X;
        public long RowStride;
        public byte* B;
        public long DepthStride;
        public long Rows;
        public long Columns;
        public long Depth;
        public long RowBlocks;

        public readonly void Run(long begin, long end)
        {
            var scratch = NativeStorage.Allocate((ValueTile.Rows + 1) * ColumnBlock * sizeof(float));
            var sums = (float*)scratch.Pointer;
            var places = sums + ValueTile.Rows * ColumnBlock;
            for (var item = begin; item < end; item++)
            {
                var (columnBlock, rowBlock) = Math.DivRem(item, RowBlocks);
                new Span<float>(sums, ValueTile.Rows * ColumnBlock).Clear();
                Block(rowBlock * ValueTile.Rows, columnBlock * ColumnBlock, sums, places);
            }

            scratch.Release();
        }

        private readonly void Block(long firstRow, long firstColumn, float* sums, float* places)
        {
            var columns = (int)Math.Min(ColumnBlock, Columns - firstColumn);
            var x = X + firstRow * RowStride;
            var b = B + firstColumn * TWeight.Size;
            var at = 0;
            if (columns == ColumnBlock)
            {
                ValueTile.Add64<TWeight>(sums, ColumnBlock, x, RowStride, b, DepthStride, Depth);
                at = ColumnBlock;
            }
            else if (columns >= PackedRows.Block)
            {
                ValueTile.Add32<TWeight>(sums, ColumnBlock, x, RowStride, b, DepthStride, Depth);
                at = PackedRows.Block;
            }

            for (var j = 0; j < ColumnBlock; j++) places[j] = j;
            for (var j = 0; j < at; j += PackedRows.Block) TWeight.Arrange(places + j);
            AddRagged(x, b, sums, at, columns);
            for (var i = 0; i < Math.Min(ValueTile.Rows, Rows - firstRow); i++)
            {
                var to = C + ((firstRow + i) * ResultStride + firstColumn * ColumnStride) * TElement.Size;
                for (var j = 0; j < columns; j++)
                    TElement.Store(to + (long)places[j] * ColumnStride * TElement.Size, sums[i * ColumnBlock + j]);
            }
        }

        private readonly void AddRagged(float* x, byte* b, float* sums, int first, int columns)
        {
            for (long k = 0; k < Depth && first < columns; k++, b += DepthStride)
            {
                for (var i = 0; i < ValueTile.Rows; i++)
                {
                    var factor = x[i * RowStride + k];
                    for (var j = first; j < columns; j++)
                    {
                        ref var sum = ref sums[i * ColumnBlock + j];
                        sum = MathF.FusedMultiplyAdd(factor, TElement.Load(b + j * TElement.Size), sum);
                    }
                }
            }
        }
    }
}
