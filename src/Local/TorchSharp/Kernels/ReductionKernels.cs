using System.Runtime.Intrinsics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>
/// Reductions of rows. A reduction over any dimensions is one over rows: the reduced dimensions go last. What a row
/// gives depends on its own elements alone, not on how many rows there are nor on the strides they stand with.
/// </summary>
internal static unsafe class ReductionKernels
{
    private const int Block = 512;
    private const long GrainElements = 1 << 14;

    /// <summary>Brings the reduced dimensions to the end, as one dense row each.</summary>
    public static Tensor Rows(Tensor source, ReadOnlySpan<int> dims)
    {
        var reduced = dims.ToArray();
        var kept = Enumerable.Range(0, source.Rank).Except(reduced).ToArray();
        using var permuted = source.permute([.. kept.Concat(reduced.Order()).Select(d => (long)d)]);
        return permuted.reshape(
            kept.Aggregate(1L, (n, d) => n * source.Sizes[d]),
            reduced.Aggregate(1L, (n, d) => n * source.Sizes[d]));
    }

    public static long[] ResultShape(long[] shape, ReadOnlySpan<int> dims, bool keepdim)
    {
        var result = new List<long>();
        for (var i = 0; i < shape.Length; i++)
        {
            if (!dims.Contains(i)) result.Add(shape[i]);
            else if (keepdim) result.Add(1);
        }

        return [.. result];
    }

    /// <summary>Sums of float rows; <paramref name="divisor"/> turns them into means.</summary>
    public static void SumRows(Tensor result, Tensor rows, float divisor)
    {
        var visitor = new SumVisitor { Result = result, Rows = rows, Divisor = divisor };
        ElementTypes.DispatchFloat(rows.dtype, ref visitor);
    }

    /// <summary>Folds rows by an operation that is exact in any order, or whose order is the elements'.</summary>
    public static void FoldRows<TOperation>(Tensor result, Tensor rows, double start) where TOperation : struct, IBinaryOperation
    {
        var visitor = new FoldVisitor<TOperation> { Result = result, Rows = rows, Start = start };
        ElementTypes.Dispatch(rows.dtype, ref visitor);
    }

    public static void CumulateRows(Tensor result, Tensor rows)
    {
        var visitor = new CumulateVisitor { Result = result, Rows = rows };
        ElementTypes.Dispatch(rows.dtype, ref visitor);
    }

    private static long Grain(Tensor rows) => Math.Max(1, GrainElements / Math.Max(rows.Sizes[1], 1));

    private struct SumVisitor : IFloatVisitor
    {
        public Tensor Result;
        public Tensor Rows;
        public float Divisor;

        public readonly void Visit<T>() where T : struct, IFloatElement
        {
            var body = new SumBody<T> { Result = Result.Pointer, Rows = Rows.Pointer, RowStride = Rows.Strides[0], Stride = Rows.Strides[1], Length = Rows.Sizes[1], Divisor = Divisor };
            WorkerPool.For(Rows.Sizes[0], Grain(Rows), ref body);
        }
    }

    private struct SumBody<T> : IRangeBody where T : struct, IFloatElement
    {
        public byte* Result;
        public byte* Rows;
        public long RowStride;
        public long Stride;
        public long Length;
        public float Divisor;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var sum = Sum(Rows + i * RowStride * T.Size);
                T.Store(Result + i * T.Size, Divisor == 1 ? sum : sum / Divisor);
            }
        }

        // Sixteen lanes within a block, blocks into sixteen totals: the order depends on the length alone.
        private readonly float Sum(byte* row)
        {
            var run = new FloatRun<T>(row, Stride);
            var total = Vector512<float>.Zero;
            for (long start = 0; start < Length; start += Block)
            {
                var stop = Math.Min(start + Block, Length);
                var partial = Vector512<float>.Zero;
                var at = start;
                if (run.IsDense)
                {
                    for (; at <= stop - 16; at += 16) partial += T.LoadVector(run.At(at));
                }

                for (; at < stop; at += 16) partial += Masked(run, at, (int)Math.Min(16, stop - at));
                total += partial;
            }

            return VectorMath.Sum(total);
        }

        private static Vector512<float> Masked(FloatRun<T> run, long at, int count)
        {
            var value = run.Gather(at, count);
            if (count == 16) return value;
            var keep = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));
            return Vector512.ConditionalSelect(keep.AsSingle(), value, Vector512<float>.Zero);
        }
    }

    private struct FoldVisitor<TOperation> : IElementVisitor where TOperation : struct, IBinaryOperation
    {
        public Tensor Result;
        public Tensor Rows;
        public double Start;

        public readonly void Visit<T>() where T : struct, IElement
        {
            var body = new FoldBody<TOperation, T> { Result = Result.Pointer, Rows = Rows.Pointer, RowStride = Rows.Strides[0], Stride = Rows.Strides[1], Length = Rows.Sizes[1], Start = Start };
            WorkerPool.For(Rows.Sizes[0], Grain(Rows), ref body);
        }
    }

    private struct FoldBody<TOperation, T> : IRangeBody where TOperation : struct, IBinaryOperation where T : struct, IElement
    {
        public byte* Result;
        public byte* Rows;
        public long RowStride;
        public long Stride;
        public long Length;
        public double Start;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var at = Rows + i * RowStride * T.Size;
                if (FloatRuns.IsInteger<T>())
                {
                    var fold = Length > 0 && double.IsInfinity(Start) ? T.LoadInteger(at) : (long)Start;
                    for (long j = 0; j < Length; j++) fold = TOperation.Apply(fold, T.LoadInteger(at + j * Stride * T.Size));
                    T.StoreInteger(Result + i * T.Size, fold);
                }
                else
                {
                    var fold = Start;
                    for (long j = 0; j < Length; j++) fold = TOperation.Apply(fold, T.LoadDouble(at + j * Stride * T.Size));
                    T.StoreDouble(Result + i * T.Size, fold);
                }
            }
        }
    }

    private struct CumulateVisitor : IElementVisitor
    {
        public Tensor Result;
        public Tensor Rows;

        public readonly void Visit<T>() where T : struct, IElement
        {
            for (long i = 0; i < Rows.Sizes[0]; i++)
            {
                var from = Rows.Pointer + i * Rows.Strides[0] * T.Size;
                var to = Result.Pointer + i * Result.Strides[0] * T.Size;
                var (real, integer) = (0.0, 0L);
                for (long j = 0; j < Rows.Sizes[1]; j++)
                {
                    if (FloatRuns.IsInteger<T>())
                        T.StoreInteger(to + j * T.Size, integer += T.LoadInteger(from + j * Rows.Strides[1] * T.Size));
                    else T.StoreDouble(to + j * T.Size, real += T.LoadDouble(from + j * Rows.Strides[1] * T.Size));
                }
            }
        }
    }
}
