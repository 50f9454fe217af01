using System.Numerics;
using System.Runtime.Intrinsics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Where rows have their extremes.</summary>
internal static unsafe class ExtremeKernel
{
    private const long GrainElements = 1 << 14;

    /// <summary>Positions, and optionally values, of each row's first extreme; NaN is extreme both ways.</summary>
    public static void Find(Tensor? values, Tensor indices, Tensor rows, bool greatest)
    {
        if (rows.Sizes[1] == 0) throw Tensor.Error("Expected reduction dim to have non-zero size.");
        var visitor = new ExtremeVisitor { Values = values, Indices = indices, Rows = rows, Greatest = greatest };
        ElementTypes.Dispatch(rows.dtype, ref visitor);
    }

    private struct ExtremeVisitor : IElementVisitor
    {
        public Tensor? Values;
        public Tensor Indices;
        public Tensor Rows;
        public bool Greatest;

        public readonly void Visit<T>() where T : struct, IElement
        {
            var body = new ExtremeBody<T>
            {
                Values = Values is null ? null : Values.Pointer,
                Indices = (long*)Indices.Pointer,
                Rows = Rows.Pointer,
                RowStride = Rows.Strides[0],
                Stride = Rows.Strides[1],
                Length = Rows.Sizes[1],
                Greatest = Greatest,
            };
            WorkerPool.For(Rows.Sizes[0], Math.Max(1, GrainElements / Rows.Sizes[1]), ref body);
        }
    }

    private struct ExtremeBody<T> : IRangeBody where T : struct, IElement
    {
        public byte* Values;
        public long* Indices;
        public byte* Rows;
        public long RowStride;
        public long Stride;
        public long Length;
        public bool Greatest;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var row = Rows + i * RowStride * T.Size;
                var best = FloatRuns.IsInteger<T>() ? FindInteger(row) : FindReal(row);
                Indices[i] = best;
                if (Values != null) Buffer.MemoryCopy(row + best * Stride * T.Size, Values + i * T.Size, T.Size, T.Size);
            }
        }

        private readonly long FindInteger(byte* row)
        {
            var (best, value) = (0L, T.LoadInteger(row));
            for (long j = 1; j < Length; j++)
            {
                var candidate = T.LoadInteger(row + j * Stride * T.Size);
                if (Greatest ? candidate > value : candidate < value) (best, value) = (j, candidate);
            }

            return best;
        }

        private readonly long FindReal(byte* row)
        {
            if (Stride == 1 && typeof(T) == typeof(SingleElement)) return FindDense<SingleElement>(row);
            if (Stride == 1 && typeof(T) == typeof(BFloat16Element)) return FindDense<BFloat16Element>(row);
            return FindInTurn(row);
        }

        // First the extreme value, then where it stands first: both passes run sixteen lanes wide.
        private readonly long FindDense<TFloat>(byte* row) where TFloat : struct, IFloatElement
        {
            if (Length < 16) return FindInTurn(row);
            var best = TFloat.LoadVector(row);
            var last = Length - 16;
            for (long j = 16; j < Length; j += 16)
            {
                var candidates = TFloat.LoadVector(row + Math.Min(j, last) * TFloat.Size);
                best = Greatest ? Vector512.Max(best, candidates) : Vector512.Min(best, candidates);
            }

            var extreme = best[0];
            for (var lane = 1; lane < 16; lane++) extreme = Greatest ? MathF.Max(extreme, best[lane]) : MathF.Min(extreme, best[lane]);
            if (float.IsNaN(extreme)) return FindInTurn(row);
            var wanted = Vector512.Create(extreme);
            for (long j = 0; ; j += 16)
            {
                var start = Math.Min(j, last);
                var equal = Vector512.Equals(TFloat.LoadVector(row + start * TFloat.Size), wanted).ExtractMostSignificantBits();
                if (equal != 0) return start + BitOperations.TrailingZeroCount(equal);
            }
        }

        private readonly long FindInTurn(byte* row)
        {
            var (best, value) = (0L, T.LoadDouble(row));
            for (long j = 1; j < Length && !double.IsNaN(value); j++)
            {
                var candidate = T.LoadDouble(row + j * Stride * T.Size);
                if ((Greatest ? candidate > value : candidate < value) || double.IsNaN(candidate)) (best, value) = (j, candidate);
            }

            return best;
        }
    }
}
