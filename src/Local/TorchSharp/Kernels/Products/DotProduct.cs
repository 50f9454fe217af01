using System.Runtime.Intrinsics;
using TorchSharp.Memory;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Products;

/// <summary>
/// c[i, j] = Σₖ x[i, k] · w[j, k], for weights whose rows are dense. Weights are widened in registers and read once for
/// every block of rows; blocks are sized so that what is reused stays in the second-level cache.
/// </summary>
internal static unsafe class DotProduct
{
    private const int RowBlock = 64;
    private const int ColumnBlock = 64;
    private const int DepthBlock = 1024;
    private const int DepthBlockOfFewRows = 2048;
    private const long MultipliesPerPart = 1 << 17;

    public static void Run(Tensor c, Tensor x, Tensor w)
    {
        switch (w.dtype)
        {
            case ScalarType.BFloat16: Run<BFloat16Weights, BFloat16Element>(c, x, w); break;
            case ScalarType.Float32: Run<SingleWeights, SingleElement>(c, x, w); break;
            case ScalarType.Float16: Run<HalfWeights, HalfElement>(c, x, w); break;
            default: throw new NotSupportedException($"Matrix products of {w.dtype} are not supported by this build.");
        }
    }

    private static void Run<TWeight, TElement>(Tensor c, Tensor x, Tensor w)
        where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        using var packed = PackedRows.Pack<TWeight>(x);
        var (rows, columns, depth) = (c.Sizes[0], c.Sizes[1], x.Sizes[1]);
        var columnBlock = ColumnsPerBlock(rows, columns);
        var body = new Body<TWeight, TElement>
        {
            C = c.Pointer,
            ResultStride = c.Strides[0],
            ColumnStride = c.Strides[1],
            X = packed.Pointer,
            RowStride = packed.Stride,
            W = w.Pointer,
            WeightStride = w.Strides[0] * TWeight.Size,
            Rows = rows,
            Columns = columns,
            Depth = depth,
            ColumnBlock = columnBlock,
            ColumnBlocks = (columns + columnBlock - 1) / columnBlock,
        };
        var work = Math.Min(rows, RowBlock) * columnBlock * Math.Max(depth, 1);
        WorkerPool.For((rows + RowBlock - 1) / RowBlock * body.ColumnBlocks, Math.Max(1, MultipliesPerPart / work), ref body);
    }

    // Few columns are cut finer, so that every thread gets some.
    private static long ColumnsPerBlock(long rows, long columns)
    {
        var perThread = rows > RowBlock ? columns : columns / WorkerPool.Threads;
        return Math.Clamp((perThread + DotTile.Width - 1) / DotTile.Width * DotTile.Width, DotTile.Width, ColumnBlock);
    }

    private struct Body<TWeight, TElement> : IRangeBody where TWeight : struct, IWeightFormat where TElement : struct, IFloatElement
    {
        public byte* C;
        public long ResultStride;
        public long ColumnStride;
        public float* X;
        public long RowStride;
        public byte* W;
        public long WeightStride;
        public long Rows;
        public long Columns;
        public long Depth;
        public long ColumnBlock;
        public long ColumnBlocks;

        private readonly int Width => Rows == 1 ? DotTile.WidthOfOneRow : DotTile.Width;

        /// <summary>Lane vectors of a full tile.</summary>
        private readonly long TileSize => Math.Min(Rows, DotTile.Height) * Width;

        public readonly void Run(long begin, long end)
        {
            var lanes = NativeStorage.Allocate(LanesOf(Math.Min(Rows, RowBlock)) * sizeof(Vector512<float>));
            for (var item = begin; item < end; item++)
            {
                var (rowBlock, columnBlock) = Math.DivRem(item, ColumnBlocks);
                Block(rowBlock * RowBlock, columnBlock * ColumnBlock, (Vector512<float>*)lanes.Pointer);
            }

            lanes.Release();
        }

        private readonly long LanesOf(long rows) =>
            (rows + DotTile.Height - 1) / DotTile.Height * ((ColumnBlock + Width - 1) / Width) * TileSize;

        private readonly void Block(long firstRow, long firstColumn, Vector512<float>* lanes)
        {
            var lastRow = Math.Min(firstRow + RowBlock, Rows);
            var lastColumn = Math.Min(firstColumn + ColumnBlock, Columns);
            var whole = Depth / PackedRows.Block * PackedRows.Block;
            new Span<Vector512<float>>(lanes, checked((int)LanesOf(lastRow - firstRow))).Clear();
            var step = lastRow - firstRow <= DotTile.Height ? DepthBlockOfFewRows : DepthBlock;
            for (long k = 0; k < whole; k += step)
            {
                var depth = Math.Min(step, whole - k);
                var tile = lanes;
                for (var j = firstColumn; j < lastColumn; j += Width)
                {
                    var width = (int)Math.Min(Width, lastColumn - j);
                    for (var i = firstRow; i < lastRow; i += DotTile.Height, tile += TileSize)
                    {
                        var height = (int)Math.Min(DotTile.Height, lastRow - i);
                        DotTile.Accumulate<TWeight>(
                            height, width, X + i * RowStride + k, RowStride, W + j * WeightStride + k * TWeight.Size, WeightStride, depth,
                            tile);
                    }
                }
            }

            if (whole < Depth) AddTail(firstRow, lastRow, firstColumn, lastColumn, whole, lanes);
            Store(firstRow, lastRow, firstColumn, lastColumn, lanes);
        }

        // A depth that is no multiple of 32 ends in a block of its own, padded with zeros as the packed rows are.
        private readonly void AddTail(long firstRow, long lastRow, long firstColumn, long lastColumn, long whole, Vector512<float>* lanes)
        {
            var padded = stackalloc byte[DotTile.WidthOfOneRow * PackedRows.Block * sizeof(float)];
            var stride = PackedRows.Block * TWeight.Size;
            for (var j = firstColumn; j < lastColumn; j += Width)
            {
                var width = (int)Math.Min(Width, lastColumn - j);
                new Span<byte>(padded, Width * stride).Clear();
                for (var n = 0; n < width; n++)
                {
                    Buffer.MemoryCopy(
                        W + (j + n) * WeightStride + whole * TWeight.Size, padded + n * stride, stride, (Depth - whole) * TWeight.Size);
                }

                for (var i = firstRow; i < lastRow; i += DotTile.Height, lanes += TileSize)
                {
                    var height = (int)Math.Min(DotTile.Height, lastRow - i);
                    DotTile.Accumulate<TWeight>(
                        height, width, X + i * RowStride + whole, RowStride, padded, stride, PackedRows.Block, lanes);
                }
            }
        }

        private readonly void Store(long firstRow, long lastRow, long firstColumn, long lastColumn, Vector512<float>* lanes)
        {
            for (var j = firstColumn; j < lastColumn; j += Width)
            {
                var width = (int)Math.Min(Width, lastColumn - j);
                for (var i = firstRow; i < lastRow; i += DotTile.Height, lanes += TileSize)
                {
                    var height = (int)Math.Min(DotTile.Height, lastRow - i);
                    for (var m = 0; m < height; m++)
                    {
                        var to = C + ((i + m) * ResultStride + j * ColumnStride) * TElement.Size;
                        for (var n = 0; n < width; n++)
                            TElement.Store(to + n * ColumnStride * TElement.Size, VectorMath.Sum(lanes[m * width + n]));
                    }
                }
            }
        }
    }
}
