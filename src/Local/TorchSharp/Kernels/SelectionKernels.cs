using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Moves of elements and rows by index.</summary>
internal static unsafe class SelectionKernels
{
    private const long GrainBytes = 1 << 15;

    public static Tensor IndexSelect(Tensor source, int dim, Tensor index)
    {
        if (index.Rank > 1) throw Tensor.Error("index_select(): Index is supposed to be a vector");
        if (source.Rank == 0) return source.clone();
        var count = index.NumberOfElements;
        var positions = Positions(index, source.Sizes[dim], "index_select(): ");
        var result = Tensor.Create(Shapes.Replace(source.Sizes, dim, count), source.dtype);
        var rowShape = Shapes.Without(source.Sizes, dim);
        fixed (long* at = positions)
        {
            var body = new RowBody
            {
                Positions = at,
                Target = result.Pointer,
                Source = source.Pointer,
                TargetStep = result.Strides[dim],
                SourceStep = source.Strides[dim],
                Size = ScalarTypes.SizeOf(source.dtype),
                Loop = new StridedLoop(rowShape, Shapes.Without(result.Strides, dim), Shapes.Without(source.Strides, dim)),
            };
            WorkerPool.For(count, Math.Max(1, GrainBytes / Math.Max(body.Loop.Count * body.Size, 1)), ref body);
        }

        return result;
    }

    /// <summary>
    /// Writes, or with <paramref name="alpha"/> adds, rows of <paramref name="source"/> at the positions of <paramref name="index"/>.
    /// </summary>
    public static void IndexWrite(Tensor target, int dim, Tensor index, Tensor source, Scalar? alpha)
    {
        if (source.dtype != target.dtype)
            throw Tensor.Error(
                $"index operation: self and source expected to have the same dtype, but got {target.dtype} and {source.dtype}");
        if (index.NumberOfElements != source.Sizes[dim])
            throw Tensor.Error(
                $"index operation: Number of indices ({index.NumberOfElements}) should be equal to source.size(dim) ({source.Sizes[dim]})");
        var positions = Positions(index, target.Sizes[dim], "index operation: ");
        for (var i = 0; i < positions.Length; i++)
        {
            using var to = target.select(dim, positions[i]);
            using var from = source.select(dim, i);
            if (alpha is null) to.copy_(from);
            else to.add_(from, alpha);
        }
    }

    public static Tensor Gather(Tensor source, int dim, Tensor index)
    {
        CheckIndexShape(source, dim, index, "gather");
        var result = Tensor.Create(index.Sizes, source.dtype);
        Move(result, source, dim, index, gather: true);
        return result;
    }

    public static void Scatter(Tensor target, int dim, Tensor index, Tensor source, bool add)
    {
        CheckIndexShape(target, dim, index, "scatter");
        if (source.dtype != target.dtype) throw Tensor.Error($"scatter(): Expected self.dtype to be equal to src.dtype");
        using var part = Corner(source, index.Sizes);
        if (add) AddScattered(target, dim, index, part);
        else Move(part, target, dim, index, gather: false);
    }

    public static Tensor Where(Tensor condition, Tensor x, Tensor y)
    {
        var type = BinaryKernel.ResultType(x, y);
        var result = Tensor.Create(Shapes.Broadcast(condition.Sizes, Shapes.Broadcast(x.Sizes, y.Sizes)), type);
        WhereInto(result, condition, x, y);
        return result;
    }

    public static void WhereInto(Tensor result, Tensor condition, Tensor x, Tensor y)
    {
        if (condition.dtype != ScalarType.Bool)
            throw Tensor.Error($"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}");
        using var castX = x.dtype == result.dtype ? null : x.MakeCopy(result.dtype);
        using var castY = y.dtype == result.dtype ? null : y.MakeCopy(result.dtype);
        var (left, right) = (castX ?? x, castY ?? y);
        var body = new WhereBody
        {
            Loop = new StridedLoop(
                result.Sizes,
                result.Strides,
                Shapes.BroadcastStrides(condition.Sizes, condition.Strides, result.Sizes),
                Shapes.BroadcastStrides(left.Sizes, left.Strides, result.Sizes),
                Shapes.BroadcastStrides(right.Sizes, right.Strides, result.Sizes)),
            Result = result.Pointer,
            Condition = condition.Pointer,
            X = left.Pointer,
            Y = right.Pointer,
            Size = ScalarTypes.SizeOf(result.dtype),
        };
        WorkerPool.For(body.Loop.Count, GrainBytes, ref body);
    }

    public static Tensor NonZero(Tensor source)
    {
        using var flags = source.ne(0);
        using var dense = flags.contiguous();
        var found = new List<long>();
        for (long i = 0; i < dense.NumberOfElements; i++)
        {
            if (dense.Pointer[i] != 0) found.Add(i);
        }

        var result = Tensor.Create([found.Count, source.Rank], ScalarType.Int64);
        var to = (long*)result.Pointer;
        foreach (var position in found)
        {
            var rest = position;
            for (var d = source.Rank - 1; d >= 0; d--) (rest, to[d]) = Math.DivRem(rest, source.Sizes[d]);
            to += source.Rank;
        }

        return result;
    }

    public static Tensor Triangle(Tensor source, long diagonal, bool lower)
    {
        if (source.Rank < 2) throw Tensor.Error("tril/triu: input tensor must have at least 2 dimensions");
        var result = source.clone();
        var (rows, columns) = (source.Sizes[^2], source.Sizes[^1]);
        var row = columns * ScalarTypes.SizeOf(source.dtype);
        var at = result.Pointer;
        for (long i = 0; columns > 0 && i < result.NumberOfElements / columns; i++, at += row)
        {
            var edge = Math.Clamp(i % rows + diagonal + (lower ? 1 : 0), 0, columns) * ScalarTypes.SizeOf(source.dtype);
            if (lower) Clear(at + edge, row - edge);
            else Clear(at, edge);
        }

        return result;
    }

    private static void Clear(byte* at, long bytes) => System.Runtime.InteropServices.NativeMemory.Clear(at, (nuint)bytes);

    private static long[] Positions(Tensor index, long size, string what)
    {
        if (index.dtype is not (ScalarType.Int64 or ScalarType.Int32)) throw Tensor.Error($"{what}Expected dtype int32/int64 for index");
        using var wide = index.to_type(ScalarType.Int64);
        using var dense = wide.contiguous();
        var positions = new ReadOnlySpan<long>(dense.Pointer, checked((int)dense.NumberOfElements)).ToArray();
        foreach (var position in positions)
        {
            if (position < 0 || position >= size)
                throw Tensor.Error($"{what}index {position} is out of bounds for dimension with size {size}");
        }

        return positions;
    }

    private static void CheckIndexShape(Tensor tensor, int dim, Tensor index, string what)
    {
        if (index.dtype != ScalarType.Int64) throw Tensor.Error($"{what}(): Expected dtype int64 for index");
        if (index.Rank != tensor.Rank) throw Tensor.Error($"Index tensor must have the same number of dimensions as input tensor");
        for (var i = 0; i < tensor.Rank; i++)
        {
            if (i != dim && index.Sizes[i] > tensor.Sizes[i])
                throw Tensor.Error(
                    $"Size does not match at dimension {i}: expected index to be no larger than self apart from dimension {dim}");
        }
    }

    private static Tensor Corner(Tensor tensor, long[] sizes) => tensor.View(tensor.storage_offset(), sizes, tensor.Strides);

    // dense[i] <-> spread[i with i[dim] = index[i]]
    private static void Move(Tensor dense, Tensor spread, int dim, Tensor index, bool gather)
    {
        var strides = Shapes.Replace(spread.Strides, dim, 0);
        var loop = new StridedLoop(index.Sizes, dense.Strides, strides, index.Strides);
        var size = ScalarTypes.SizeOf(dense.dtype);
        var run = loop.Range(0, loop.Count);
        while (run.Next())
        {
            for (long i = 0; i < run.Length; i++)
            {
                var position = CheckPosition(((long*)index.Pointer)[run.Offset2 + i * loop.Inner2], spread.Sizes[dim]);
                var a = dense.Pointer + (run.Offset0 + i * loop.Inner0) * size;
                var b = spread.Pointer + (run.Offset1 + i * loop.Inner1 + position * spread.Strides[dim]) * size;
                if (gather) Buffer.MemoryCopy(b, a, size, size);
                else Buffer.MemoryCopy(a, b, size, size);
            }
        }
    }

    private static void AddScattered(Tensor target, int dim, Tensor index, Tensor source)
    {
        var visitor = new AddVisitor { Target = target, Dim = dim, Index = index, Source = source };
        ElementTypes.Dispatch(target.dtype, ref visitor);
    }

    private static long CheckPosition(long position, long size) =>
        position >= 0 && position < size
            ? position
            : throw Tensor.Error($"index {position} is out of bounds for dimension with size {size}");

    private struct AddVisitor : IElementVisitor
    {
        public Tensor Target;
        public Tensor Index;
        public Tensor Source;
        public int Dim;

        public readonly void Visit<T>() where T : struct, IElement
        {
            var loop = new StridedLoop(Index.Sizes, Source.Strides, Shapes.Replace(Target.Strides, Dim, 0), Index.Strides);
            var run = loop.Range(0, loop.Count);
            while (run.Next())
            {
                for (long i = 0; i < run.Length; i++)
                {
                    var position = CheckPosition(((long*)Index.Pointer)[run.Offset2 + i * loop.Inner2], Target.Sizes[Dim]);
                    var from = Source.Pointer + (run.Offset0 + i * loop.Inner0) * T.Size;
                    var to = Target.Pointer + (run.Offset1 + i * loop.Inner1 + position * Target.Strides[Dim]) * T.Size;
                    if (FloatRuns.IsInteger<T>()) T.StoreInteger(to, T.LoadInteger(to) + T.LoadInteger(from));
                    else T.StoreDouble(to, T.LoadDouble(to) + T.LoadDouble(from));
                }
            }
        }
    }

    private struct RowBody : IRangeBody
    {
        public StridedLoop Loop;
        public long* Positions;
        public byte* Target;
        public byte* Source;
        public long TargetStep;
        public long SourceStep;
        public int Size;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var target = Target + i * TargetStep * Size;
                var source = Source + Positions[i] * SourceStep * Size;
                var run = Loop.Range(0, Loop.Count);
                while (run.Next())
                {
                    var to = target + run.Offset0 * Size;
                    var from = source + run.Offset1 * Size;
                    if (Loop.Inner0 == 1 && Loop.Inner1 == 1)
                    {
                        Buffer.MemoryCopy(from, to, run.Length * Size, run.Length * Size);
                        continue;
                    }

                    for (long j = 0; j < run.Length; j++)
                        Buffer.MemoryCopy(from + j * Loop.Inner1 * Size, to + j * Loop.Inner0 * Size, Size, Size);
                }
            }
        }
    }

    private struct WhereBody : IRangeBody
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* Condition;
        public byte* X;
        public byte* Y;
        public int Size;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                switch (Size)
                {
                    case 1: Choose(
                        (byte*)Result + run.Offset0, Condition + run.Offset1, (byte*)X + run.Offset2, (byte*)Y + run.Offset3,
                        run.Length); break;
                    case 2: Choose(
                        (ushort*)Result + run.Offset0, Condition + run.Offset1, (ushort*)X + run.Offset2, (ushort*)Y + run.Offset3,
                        run.Length); break;
                    case 4: Choose(
                        (uint*)Result + run.Offset0, Condition + run.Offset1, (uint*)X + run.Offset2, (uint*)Y + run.Offset3,
                        run.Length); break;
                    default: Choose(
                        (ulong*)Result + run.Offset0, Condition + run.Offset1, (ulong*)X + run.Offset2, (ulong*)Y + run.Offset3,
                        run.Length); break;
                }
            }
        }

        private readonly void Choose<T>(T* result, byte* condition, T* x, T* y, long length) where T : unmanaged
        {
            var (r, c, a, b) = (Loop.Inner0, Loop.Inner1, Loop.Inner2, Loop.Inner3);
            for (long i = 0; i < length; i++) result[i * r] = condition[i * c] != 0 ? x[i * a] : y[i * b];
        }
    }
}
