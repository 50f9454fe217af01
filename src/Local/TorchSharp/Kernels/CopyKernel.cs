using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Copies between strided tensors of any element types.</summary>
internal static unsafe class CopyKernel
{
    private const long Grain = 1 << 15;

    /// <summary>Writes <paramref name="source"/>, broadcast where needed, over <paramref name="target"/>.</summary>
    public static void Copy(Tensor target, Tensor source)
    {
        var strides = Shapes.BroadcastStrides(source.Sizes, source.Strides, target.Sizes);
        var loop = new StridedLoop(target.Sizes, target.Strides, strides);
        if (target.dtype == source.dtype)
        {
            var move =
                new MoveBody { Loop = loop, Target = target.Pointer, Source = source.Pointer, Size = ScalarTypes.SizeOf(target.dtype) };
            WorkerPool.For(loop.Count, Grain, ref move);
            return;
        }

        var outer = new TargetVisitor { Loop = loop, Target = target.Pointer, Source = source.Pointer, SourceType = source.dtype };
        ElementTypes.Dispatch(target.dtype, ref outer);
    }

    /// <summary>Writes one element, of the target's own type, everywhere.</summary>
    public static void Fill(Tensor target, byte* element)
    {
        var loop = new StridedLoop(target.Sizes, target.Strides, new long[target.Rank]);
        var move = new MoveBody { Loop = loop, Target = target.Pointer, Source = element, Size = ScalarTypes.SizeOf(target.dtype) };
        WorkerPool.For(loop.Count, Grain, ref move);
    }

    private struct TargetVisitor : IElementVisitor
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;
        public ScalarType SourceType;

        public void Visit<TTarget>() where TTarget : struct, IElement
        {
            var inner = new SourceVisitor<TTarget> { Loop = Loop, Target = Target, Source = Source };
            ElementTypes.Dispatch(SourceType, ref inner);
        }
    }

    private struct SourceVisitor<TTarget> : IElementVisitor where TTarget : struct, IElement
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;

        public void Visit<TSource>() where TSource : struct, IElement
        {
            var body = new ConvertBody<TTarget, TSource> { Loop = Loop, Target = Target, Source = Source };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct ConvertBody<TTarget, TSource> : IRangeBody where TTarget : struct, IElement where TSource : struct, IElement
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                FloatRuns.Convert<TTarget, TSource>(
                    Target + run.Offset0 * TTarget.Size, Loop.Inner0 * TTarget.Size,
                    Source + run.Offset1 * TSource.Size, Loop.Inner1 * TSource.Size,
                    run.Length);
            }
        }
    }

    private struct MoveBody : IRangeBody
    {
        public StridedLoop Loop;
        public byte* Target;
        public byte* Source;
        public int Size;

        public readonly void Run(long begin, long end)
        {
            var run = Loop.Range(begin, end);
            while (run.Next())
            {
                var target = Target + run.Offset0 * Size;
                var source = Source + run.Offset1 * Size;
                if (Loop.Inner0 == 1 && Loop.Inner1 == 1)
                {
                    Buffer.MemoryCopy(source, target, run.Length * Size, run.Length * Size);
                    continue;
                }

                switch (Size)
                {
                    case 1: Move<byte>(target, source, run.Length); break;
                    case 2: Move<ushort>(target, source, run.Length); break;
                    case 4: Move<uint>(target, source, run.Length); break;
                    default: Move<ulong>(target, source, run.Length); break;
                }
            }
        }

        private readonly void Move<T>(byte* target, byte* source, long length) where T : unmanaged
        {
            var t = (T*)target;
            var s = (T*)source;
            var (stepT, stepS) = (Loop.Inner0, Loop.Inner1);
            if (stepS == 0 && stepT == 1)
            {
                for (long at = 0; at < length; at += int.MaxValue) new Span<T>(t + at, (int)Math.Min(length - at, int.MaxValue)).Fill(*s);
                return;
            }

            for (long i = 0; i < length; i++) t[i * stepT] = s[i * stepS];
        }
    }
}
