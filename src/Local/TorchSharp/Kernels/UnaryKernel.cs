using System.Runtime.Intrinsics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Applies a function to every element of a floating point tensor.</summary>
internal static unsafe class UnaryKernel
{
    private const long Grain = 1 << 13;

    /// <summary>A new tensor; integers become the default floating point type first.</summary>
    public static Tensor Map<TOperation>(Tensor source) where TOperation : struct, IUnaryOperation
    {
        var type = ScalarTypes.ToFloatingPoint(source.dtype);
        var result = Tensor.Create(source.Sizes, type);
        if (type == source.dtype)
        {
            Run<TOperation>(result, source);
        }
        else
        {
            CopyKernel.Copy(result, source);
            Run<TOperation>(result, result);
        }

        return result;
    }

    public static Tensor MapInPlace<TOperation>(Tensor tensor) where TOperation : struct, IUnaryOperation
    {
        if (!is_floating_point(tensor.dtype))
            throw Tensor.Error($"result type Float can't be cast to the desired output type {tensor.dtype}");
        Run<TOperation>(tensor, tensor);
        return tensor;
    }

    private static void Run<TOperation>(Tensor target, Tensor source) where TOperation : struct, IUnaryOperation
    {
        var loop = new StridedLoop(target.Sizes, target.Strides, source.Strides);
        if (target.dtype == ScalarType.Float64)
        {
            var body = new DoubleBody<TOperation> { Loop = loop, Target = (double*)target.Pointer, Source = (double*)source.Pointer };
            WorkerPool.For(loop.Count, Grain, ref body);
            return;
        }

        var visitor = new Visitor<TOperation> { Loop = loop, Target = target.Pointer, Source = source.Pointer };
        ElementTypes.DispatchFloat(target.dtype, ref visitor);
    }

    private struct Visitor<TOperation> : IFloatVisitor where TOperation : struct, IUnaryOperation
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;

        public void Visit<T>() where T : struct, IFloatElement
        {
            var body = new FloatBody<TOperation, T> { Loop = Loop, Target = Target, Source = Source };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct FloatBody<TOperation, T> : IRangeBody where TOperation : struct, IUnaryOperation where T : struct, IFloatElement
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                var target = new FloatRun<T>(Target + run.Offset0 * T.Size, Loop.Inner0);
                var source = new FloatRun<T>(Source + run.Offset1 * T.Size, Loop.Inner1);
                long i = 0;
                if (target.IsDense && source.IsDense)
                {
                    for (; i <= run.Length - 16; i += 16) T.StoreVector(target.At(i), TOperation.Apply(T.LoadVector(source.At(i))));
                }

                for (; i < run.Length; i += 16)
                {
                    var count = (int)Math.Min(16, run.Length - i);
                    target.Scatter(i, count, TOperation.Apply(source.Gather(i, count)));
                }
            }
        }
    }

    private struct DoubleBody<TOperation> : IRangeBody where TOperation : struct, IUnaryOperation
    {
        public StridedLoop Loop;
        public double* Target;
        public double* Source;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                for (long i = 0; i < run.Length; i++)
                {
                    Target[run.Offset0 + i * Loop.Inner0] = TOperation.Apply(Source[run.Offset1 + i * Loop.Inner1]);
                }
            }
        }
    }
}
