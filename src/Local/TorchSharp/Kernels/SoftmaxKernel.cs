using System.Runtime.Intrinsics;
using TorchSharp.Threading;
using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Softmax and its logarithm over dense rows, in float32.</summary>
internal static unsafe class SoftmaxKernel
{
    private const long GrainElements = 1 << 13;

    public static Tensor Apply(Tensor source, long dim, ScalarType? dtype, bool logarithm)
    {
        using var cast = source.to_type(dtype ?? source.dtype);
        if (!is_floating_point(cast.dtype)) throw Tensor.Error($"\"softmax\" not implemented for '{cast.dtype}'");
        if (cast.dtype == ScalarType.Float64)
            throw new NotSupportedException("softmax is not supported for float64 in this build; use float32.");
        var at = Shapes.Wrap(dim, source.Rank);
        if (source.Rank == 0) return logarithm ? cast.zeros_like() : cast.ones_like();
        using var last = cast.transpose(at, -1);
        using var rows = last.contiguous();
        var result = Tensor.Create(rows.Sizes, cast.dtype);
        var visitor = new Visitor { Result = result, Rows = rows, Logarithm = logarithm };
        ElementTypes.DispatchFloat(cast.dtype, ref visitor);
        if (at == source.Rank - 1) return result;
        using var shaped = result;
        using var back = result.transpose(at, -1);
        return back.contiguous();
    }

    private struct Visitor : IFloatVisitor
    {
        public Tensor Result;
        public Tensor Rows;
        public bool Logarithm;

        public readonly void Visit<T>() where T : struct, IFloatElement
        {
            var length = Rows.Sizes[^1];
            if (Rows.NumberOfElements == 0) return;
            var body = new Body<T> { Result = Result.Pointer, Rows = Rows.Pointer, Length = length, Logarithm = Logarithm };
            WorkerPool.For(Rows.NumberOfElements / length, Math.Max(1, GrainElements / length), ref body);
        }
    }

    private struct Body<T> : IRangeBody where T : struct, IFloatElement
    {
        public byte* Result;
        public byte* Rows;
        public long Length;
        public bool Logarithm;

        public readonly void Run(long begin, long end)
        {
            for (var i = begin; i < end; i++)
            {
                var source = new FloatRun<T>(Rows + i * Length * T.Size, 1);
                var target = new FloatRun<T>(Result + i * Length * T.Size, 1);
                var top = Vector512.Create(Greatest(source));
                var sum = Total(source, target, top);
                if (Logarithm) Subtract(source, target, top + Vector512.Create(MathF.Log(sum)));
                else Divide(source, target, top, Vector512.Create(sum));
            }
        }

        private readonly float Greatest(FloatRun<T> source)
        {
            var lanes = Vector512.Create(float.NegativeInfinity);
            for (long j = 0; j < Length; j += 16) lanes = Vector512.Max(lanes, Load(source, j, float.NegativeInfinity));
            var top = lanes[0];
            for (var j = 1; j < 16; j++) top = MathF.Max(top, lanes[j]);
            return top;
        }

        // A float32 result keeps the exponentials meanwhile; a narrower one would round them twice.
        private static bool KeepsExponentials => typeof(T) == typeof(SingleElement);

        private readonly float Total(FloatRun<T> source, FloatRun<T> target, Vector512<float> top)
        {
            var lanes = Vector512<float>.Zero;
            for (long j = 0; j < Length; j += 16)
            {
                var value = VectorMath.Exp(Load(source, j, float.NegativeInfinity) - top);
                if (KeepsExponentials && !Logarithm) Store(target, j, value);
                lanes += value;
            }

            return VectorMath.Sum(lanes);
        }

        private readonly void Divide(FloatRun<T> source, FloatRun<T> target, Vector512<float> top, Vector512<float> sum)
        {
            for (long j = 0; j < Length; j += 16)
            {
                var value = KeepsExponentials ? Load(target, j, 0) : VectorMath.Exp(Load(source, j, 0) - top);
                Store(target, j, value / sum);
            }
        }

        private readonly void Subtract(FloatRun<T> source, FloatRun<T> target, Vector512<float> shift)
        {
            for (long j = 0; j < Length; j += 16) Store(target, j, Load(source, j, 0) - shift);
        }

        private readonly void Store(FloatRun<T> target, long at, Vector512<float> value)
        {
            if (Length - at >= 16) T.StoreVector(target.At(at), value);
            else target.Scatter(at, (int)(Length - at), value);
        }

        private readonly Vector512<float> Load(FloatRun<T> source, long at, float filler)
        {
            if (Length - at >= 16) return T.LoadVector(source.At(at));
            var count = (int)(Length - at);
            var keep = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));
            return Vector512.ConditionalSelect(keep.AsSingle(), source.Gather(at, count), Vector512.Create(filler));
        }
    }
}
