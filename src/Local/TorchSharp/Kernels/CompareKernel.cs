using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>An order or equality between two numbers.</summary>
internal interface IComparison
{
    static abstract bool Holds(double a, double b);

    static abstract bool Holds(long a, long b);
}

internal readonly struct Equal : IComparison
{
    public static bool Holds(double a, double b) => a == b;

    public static bool Holds(long a, long b) => a == b;
}

internal readonly struct NotEqual : IComparison
{
    public static bool Holds(double a, double b) => a != b;

    public static bool Holds(long a, long b) => a != b;
}

internal readonly struct Less : IComparison
{
    public static bool Holds(double a, double b) => a < b;

    public static bool Holds(long a, long b) => a < b;
}

internal readonly struct LessOrEqual : IComparison
{
    public static bool Holds(double a, double b) => a <= b;

    public static bool Holds(long a, long b) => a <= b;
}

internal readonly struct Greater : IComparison
{
    public static bool Holds(double a, double b) => a > b;

    public static bool Holds(long a, long b) => a > b;
}

internal readonly struct GreaterOrEqual : IComparison
{
    public static bool Holds(double a, double b) => a >= b;

    public static bool Holds(long a, long b) => a >= b;
}

/// <summary>Compares tensors element by element into truth values.</summary>
internal static unsafe class CompareKernel
{
    private const long Grain = 1 << 14;

    public static Tensor Compare<TComparison>(Tensor a, Tensor b) where TComparison : struct, IComparison
    {
        var type = BinaryKernel.ResultType(a, b);
        using var castA = a.dtype == type ? null : a.MakeCopy(type);
        using var castB = b.dtype == type ? null : b.MakeCopy(type);
        var (left, right) = (castA ?? a, castB ?? b);
        var result = Tensor.Create(Shapes.Broadcast(a.Sizes, b.Sizes), ScalarType.Bool);
        var visitor = new Visitor<TComparison>
        {
            Loop = new StridedLoop(
                result.Sizes,
                result.Strides,
                Shapes.BroadcastStrides(left.Sizes, left.Strides, result.Sizes),
                Shapes.BroadcastStrides(right.Sizes, right.Strides, result.Sizes)),
            Result = result.Pointer,
            A = left.Pointer,
            B = right.Pointer,
        };
        ElementTypes.Dispatch(type, ref visitor);
        return result;
    }

    private struct Visitor<TComparison> : IElementVisitor where TComparison : struct, IComparison
    {
        public StridedLoop Loop;
        public byte* Result;
        public byte* A;
        public byte* B;

        public void Visit<T>() where T : struct, IElement
        {
            var body = new Body<TComparison, T> { Loop = Loop, Result = Result, A = A, B = B };
            WorkerPool.For(Loop.Count, Grain, ref body);
        }
    }

    private struct Body<TComparison, T> : IRangeBody where TComparison : struct, IComparison where T : struct, IElement
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
                var a = A + run.Offset1 * T.Size;
                var b = B + run.Offset2 * T.Size;
                for (long i = 0; i < run.Length; i++)
                {
                    var holds = FloatRuns.IsInteger<T>()
                        ? TComparison.Holds(T.LoadInteger(a), T.LoadInteger(b))
                        : TComparison.Holds(T.LoadDouble(a), T.LoadDouble(b));
                    Result[run.Offset0 + i * Loop.Inner0] = holds ? (byte)1 : (byte)0;
                    a += Loop.Inner1 * T.Size;
                    b += Loop.Inner2 * T.Size;
                }
            }
        }
    }
}
