using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>A function of one number: in float32 for the types that compute so, in double for float64.</summary>
internal interface IUnaryOperation
{
    static abstract Vector512<float> Apply(Vector512<float> x);

    static abstract double Apply(double x);
}

internal readonly struct Exponential : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Exp(x);

    public static double Apply(double x) => Math.Exp(x);
}

internal readonly struct Sigmoid : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Sigmoid(x);

    public static double Apply(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>x · sigmoid(x).</summary>
internal readonly struct Silu : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => x / (Vector512<float>.One + VectorMath.Exp(-x));

    public static double Apply(double x) => x / (1 + Math.Exp(-x));
}

internal readonly struct Relu : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), Vector512<float>.Zero, x);

    public static double Apply(double x) => x < 0 ? 0 : x;
}

internal readonly struct SquareRoot : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512.Sqrt(x);

    public static double Apply(double x) => Math.Sqrt(x);
}

internal readonly struct ReciprocalSquareRoot : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512<float>.One / Vector512.Sqrt(x);

    public static double Apply(double x) => 1 / Math.Sqrt(x);
}

internal readonly struct Reciprocal : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512<float>.One / x;

    public static double Apply(double x) => 1 / x;
}

internal readonly struct Square : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => x * x;

    public static double Apply(double x) => x * x;
}

internal readonly struct Negate : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => -x;

    public static double Apply(double x) => -x;
}

internal readonly struct Absolute : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512.Abs(x);

    public static double Apply(double x) => Math.Abs(x);
}

internal readonly struct Floor : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512.Floor(x);

    public static double Apply(double x) => Math.Floor(x);
}

internal readonly struct Ceiling : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512.Ceiling(x);

    public static double Apply(double x) => Math.Ceiling(x);
}

/// <summary>To the nearest integer, halves to even.</summary>
internal readonly struct RoundToEven : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> x) => Vector512.Round(x);

    public static double Apply(double x) => Math.Round(x);
}

internal readonly unsafe struct Logarithm : IUnaryOperation
{
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Map(x, &MathF.Log);

    public static double Apply(double x) => Math.Log(x);
}

internal readonly unsafe struct Logarithm2 : IUnaryOperation
{
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Map(x, &MathF.Log2);

    public static double Apply(double x) => Math.Log2(x);
}

internal readonly unsafe struct Cosine : IUnaryOperation
{
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Map(x, &MathF.Cos);

    public static double Apply(double x) => Math.Cos(x);
}

internal readonly unsafe struct Sine : IUnaryOperation
{
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Map(x, &MathF.Sin);

    public static double Apply(double x) => Math.Sin(x);
}

internal readonly unsafe struct HyperbolicTangent : IUnaryOperation
{
    public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Map(x, &MathF.Tanh);

    public static double Apply(double x) => Math.Tanh(x);
}
