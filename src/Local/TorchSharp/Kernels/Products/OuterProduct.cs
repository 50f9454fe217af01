using System.Runtime.Intrinsics;
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
    private const int RowBlock = 4;
    private const int ColumnBlock = 64;
    private const long MultipliesPerPart = 1 << 17;

    public static void Run(Tensor c, Tensor x, Tensor b)
    {
        var visitor = new Visitor { C = c, X = x, B = b };
        ElementTypes.DispatchFloat(b.dtype, ref visitor);
    }

    private struct Visitor : IFloatVisitor
    {
        public Tensor C;
        public Tensor X;
        public Tensor B;

        public readonly void Visit<T>() where T : struct, IFloatElement
        {
            using var packed = PackedRows.Pack<SingleWeights>(X);
            var (rows, columns, depth) = (C.Sizes[0], C.Sizes[1], X.Sizes[1]);
            var body = new Body<T>
            {
                C = C.Pointer,
                ResultStride = C.Strides[0],
                ColumnStride = C.Strides[1],
                X = packed.Pointer,
                RowStride = packed.Stride,
                B = B.Pointer,
                DepthStride = B.Strides[0] * T.Size,
                Rows = rows,
                Columns = columns,
                Depth = depth,
                RowBlocks = (rows + RowBlock - 1) / RowBlock,
            };
            var blocks = (columns + ColumnBlock - 1) / ColumnBlock;
            WorkerPool.For(blocks * body.RowBlocks, Math.Max(1, MultipliesPerPart / (RowBlock * ColumnBlock * Math.Max(depth, 1))), ref body);
        }
    }

    private struct Body<T> : IRangeBody where T : struct, IFloatElement
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
            var sums = stackalloc float[RowBlock * ColumnBlock];
            for (var item = begin; item < end; item++)
            {
                var (columnBlock, rowBlock) = Math.DivRem(item, RowBlocks);
                Block(rowBlock * RowBlock, columnBlock * ColumnBlock, sums);
            }
        }

        private readonly void Block(long firstRow, long firstColumn, float* sums)
        {
            var rows = (int)Math.Min(RowBlock, Rows - firstRow);
            var columns = (int)Math.Min(ColumnBlock, Columns - firstColumn);
            for (var i = 0; i < rows; i++)
            {
                var x = X + (firstRow + i) * RowStride;
                var sum = sums + i * ColumnBlock;
                var b = B + firstColumn * T.Size;
                if (columns == ColumnBlock) AddDense(x, b, sum);
                else AddRagged(x, b, sum, columns);
                for (var j = 0; j < columns; j++) T.Store(C + ((firstRow + i) * ResultStride + (firstColumn + j) * ColumnStride) * T.Size, sum[j]);
            }
        }

        private readonly void AddDense(float* x, byte* b, float* sum)
        {
            var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (long k = 0; k < Depth; k++, b += DepthStride)
            {
                var a = Vector512.Create(x[k]);
                s0 = Vector512.FusedMultiplyAdd(a, T.LoadVector(b), s0);
                s1 = Vector512.FusedMultiplyAdd(a, T.LoadVector(b + 16 * T.Size), s1);
                s2 = Vector512.FusedMultiplyAdd(a, T.LoadVector(b + 32 * T.Size), s2);
                s3 = Vector512.FusedMultiplyAdd(a, T.LoadVector(b + 48 * T.Size), s3);
            }

            s0.Store(sum);
            s1.Store(sum + 16);
            s2.Store(sum + 32);
            s3.Store(sum + 48);
        }

        private readonly void AddRagged(float* x, byte* b, float* sum, int columns)
        {
            new Span<float>(sum, columns).Clear();
            for (long k = 0; k < Depth; k++, b += DepthStride)
            {
                for (var j = 0; j < columns; j++) sum[j] = MathF.FusedMultiplyAdd(x[k], T.Load(b + j * T.Size), sum[j]);
            }
        }
    }
}
