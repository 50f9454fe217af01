using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Memory;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Combines two broadcast tensors, or a tensor and a number, element by element.</summary>
internal static unsafe class BinaryKernel
{
    private const long Grain = 1 << 13;

    /// <summary>A new tensor of the promoted type.</summary>
    public static Tensor Combine<TOperation>(Tensor a, Tensor b, bool floating = false) where TOperation : struct, IBinaryOperation
    {
        var type = ResultType(a, b);
        if (floating) type = ScalarTypes.ToFloatingPoint(type);
        var result = Tensor.Create(Shapes.Broadcast(a.Sizes, b.Sizes), type);
        Run<TOperation>(result, a, b);
        return result;
    }

    public static Tensor CombineInPlace<TOperation>(Tensor a, Tensor b, bool floating = false) where TOperation : struct, IBinaryOperation
    {
        var type = ResultType(a, b);
        if (floating) type = ScalarTypes.ToFloatingPoint(type);
        if (is_floating_point(type) && !is_floating_point(a.dtype))
            throw Tensor.Error($"result type {type} can't be cast to the desired output type {a.dtype}");
        if (!Shapes.Broadcast(a.Sizes, b.Sizes).AsSpan().SequenceEqual(a.Sizes)) throw Tensor.Error($"output with shape [{string.Join(", ", a.Sizes)}] doesn't match the broadcast shape [{string.Join(", ", Shapes.Broadcast(a.Sizes, b.Sizes))}]");
        using var safe = MemoryOverlap.NeedsCopy(a, b) ? b.MakeCopy(b.dtype) : null;
        Run<TOperation>(a, a, safe ?? b);
        return a;
    }

    public static Tensor Combine<TOperation>(Tensor a, Scalar b, bool floating = false) where TOperation : struct, IBinaryOperation
    {
        var type = ScalarTypes.Promote(a.dtype, b);
        if (floating) type = ScalarTypes.ToFloatingPoint(type);
        var result = Tensor.Create(a.Sizes, type);
        Run<TOperation>(result, a, b);
        return result;
    }

    public static Tensor CombineInPlace<TOperation>(Tensor a, Scalar b, bool floating = false) where TOperation : struct, IBinaryOperation
    {
        var type = ScalarTypes.Promote(a.dtype, b);
        if (floating) type = ScalarTypes.ToFloatingPoint(type);
        if (is_floating_point(type) && !is_floating_point(a.dtype))
            throw Tensor.Error($"result type {type} can't be cast to the desired output type {a.dtype}");
        Run<TOperation>(a, a, b);
        return a;
    }

    // A tensor without dimensions counts as a number beside one with dimensions of the same kind.
    internal static ScalarType ResultType(Tensor a, Tensor b)
    {
        if (a.dtype == b.dtype) return a.dtype;
        if (a.Rank > 0 && b.Rank == 0) return ScalarTypes.Promote(a.dtype, b.ToScalar());
        if (b.Rank > 0 && a.Rank == 0) return ScalarTypes.Promote(b.dtype, a.ToScalar());
        return ScalarTypes.Promote(a.dtype, b.dtype);
    }

    private static void Run<TOperation>(Tensor result, Tensor a, Tensor b) where TOperation : struct, IBinaryOperation
    {
        if (b.Rank == 0 && b.dtype != result.dtype)
        {
            Run<TOperation>(result, a, b.ToScalar());
            return;
        }

        using var castA = a.dtype == result.dtype ? null : a.MakeCopy(result.dtype);
        using var castB = b.dtype == result.dtype ? null : b.MakeCopy(result.dtype);
        var (left, right) = (castA ?? a, castB ?? b);
        var loop = new StridedLoop(
            result.Sizes,
            result.Strides,
            Shapes.BroadcastStrides(left.Sizes, left.Strides, result.Sizes),
            Shapes.BroadcastStrides(right.Sizes, right.Strides, result.Sizes));
        Dispatch<TOperation>(result, left.Pointer, right.Pointer, loop);
    }

    private static void Run<TOperation>(Tensor result, Tensor a, Scalar b) where TOperation : struct, IBinaryOperation
    {
        using var cast = a.dtype == result.dtype ? null : a.MakeCopy(result.dtype);
        var left = cast ?? a;
        if (ScalarTypes.ComputesInSingle(result.dtype))
        {
            // The number takes part in float32, unrounded, as in libtorch; sums are the exception, see Tensor.add.
            var visitor = new ScalarVisitor<TOperation>
            {
                Loop = new StridedLoop(result.Sizes, result.Strides, left.Strides),
                Result = result.Pointer,
                A = left.Pointer,
                B = b.ToSingle(),
            };
            ElementTypes.DispatchFloat(result.dtype, ref visitor);
            return;
        }

        var number = stackalloc byte[8];
        var writer = new ScalarWriter { At = number, Value = b };
        ElementTypes.Dispatch(result.dtype, ref writer);
        Dispatch<TOperation>(
            result, left.Pointer, number, new StridedLoop(result.Sizes, result.Strides, left.Strides, new long[result.Rank]));
    }

    private static void Dispatch<TOperation>(Tensor result, byte* a, byte* b, StridedLoop loop) where TOperation : struct, IBinaryOperation
    {
        if (ScalarTypes.ComputesInSingle(result.dtype))
        {
            var visitor = new FloatVisitor<TOperation> { Loop = loop, Result = result.Pointer, A = a, B = b };
            ElementTypes.DispatchFloat(result.dtype, ref visitor);
        }
        else
        {
            var visitor = new PlainVisitor<TOperation> { Loop = loop, Result = result.Pointer, A = a, B = b };
            ElementTypes.Dispatch(result.dtype, ref visitor);
        }
    }

    private struct ScalarWriter : IElementVisitor
    {
        public byte* At;
        public Scalar Value;

        public readonly void Visit<T>() where T : struct, IElement
        {
            if (Value.IsIntegral) T.StoreInteger(At, Value.Integer);
            else T.StoreDouble(At, Value.Real);
        }
    }

    private struct FloatVisitor<TOperation> : IFloatVisitor where TOperation : struct, IBinaryOperation
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public byte* B;

        public void Visit<T>() where T : struct, IFloatElement
        {
            var body = new FloatBody<TOperation, T> { Loop = Loop, Result = Result, A = A, B = B };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct FloatBody<TOperation, T> : IRangeBody where TOperation : struct, IBinaryOperation where T : struct, IFloatElement
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public byte* B;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                var result = new FloatRun<T>(Result + run.Offset0 * T.Size, Loop.Inner0);
                var a = new FloatRun<T>(A + run.Offset1 * T.Size, Loop.Inner1);
                var b = new FloatRun<T>(B + run.Offset2 * T.Size, Loop.Inner2);
                long i = 0;
                if (result.IsDense && a.IsDense && b.IsDense)
                {
                    for (; i <= run.Length - 16; i += 16) T.StoreVector(result.At(i), TOperation.Apply(
                        T.LoadVector(a.At(i)), T.LoadVector(b.At(i))));
                }
                else if (result.IsDense && a.IsDense && b.IsConstant)
                {
                    var constant = b.Gather(0, 1);
                    for (; i <= run.Length - 16; i += 16) T.StoreVector(result.At(i), TOperation.Apply(T.LoadVector(a.At(i)), constant));
                }

                for (; i < run.Length; i += 16)
                {
                    var count = (int)Math.Min(16, run.Length - i);
                    result.Scatter(i, count, TOperation.Apply(a.Gather(i, count), b.Gather(i, count)));
                }
            }
        }
    }

    private struct ScalarVisitor<TOperation> : IFloatVisitor where TOperation : struct, IBinaryOperation
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public float B;

        public void Visit<T>() where T : struct, IFloatElement
        {
            var body = new ScalarBody<TOperation, T> { Loop = Loop, Result = Result, A = A, B = B };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct ScalarBody<TOperation, T> : IRangeBody where TOperation : struct, IBinaryOperation where T : struct, IFloatElement
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public float B;

        public readonly void Run(long begin, long end)
        {
            var b = Vector512.Create(B);
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                var result = new FloatRun<T>(Result + run.Offset0 * T.Size, Loop.Inner0);
                var a = new FloatRun<T>(A + run.Offset1 * T.Size, Loop.Inner1);
                long i = 0;
                if (result.IsDense && a.IsDense)
                {
                    for (; i <= run.Length - 16; i += 16) T.StoreVector(result.At(i), TOperation.Apply(T.LoadVector(a.At(i)), b));
                }

                for (; i < run.Length; i += 16)
                {
                    var count = (int)Math.Min(16, run.Length - i);
                    result.Scatter(i, count, TOperation.Apply(a.Gather(i, count), b));
                }
            }
        }
    }

    private struct PlainVisitor<TOperation> : IElementVisitor where TOperation : struct, IBinaryOperation
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public byte* B;

        public void Visit<T>() where T : struct, IElement
        {
            var body = new PlainBody<TOperation, T> { Loop = Loop, Result = Result, A = A, B = B };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct PlainBody<TOperation, T> : IRangeBody where TOperation : struct, IBinaryOperation where T : struct, IElement
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public byte* B;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                var result = Result + run.Offset0 * T.Size;
                var a = A + run.Offset1 * T.Size;
                var b = B + run.Offset2 * T.Size;
                for (long i = 0; i < run.Length; i++)
                {
                    if (FloatRuns.IsInteger<T>()) T.StoreInteger(result, TOperation.Apply(T.LoadInteger(a), T.LoadInteger(b)));
                    else T.StoreDouble(result, TOperation.Apply(T.LoadDouble(a), T.LoadDouble(b)));
                    result += Loop.Inner0 * T.Size;
                    a += Loop.Inner1 * T.Size;
                    b += Loop.Inner2 * T.Size;
                }
            }
        }
    }
}
