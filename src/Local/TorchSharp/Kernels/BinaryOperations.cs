using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>A function of two numbers, in the three arithmetics that tensors use.</summary>
internal interface IBinaryOperation
{
    static abstract Vector512<float> Apply(Vector512<float> a, Vector512<float> b);

    static abstract double Apply(double a, double b);

    static abstract long Apply(long a, long b);
}

internal readonly struct Addition : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a + b;

    public static double Apply(double a, double b) => a + b;

    public static long Apply(long a, long b) => a + b;
}

internal readonly struct Subtraction : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a - b;

    public static double Apply(double a, double b) => a - b;

    public static long Apply(long a, long b) => a - b;
}

internal readonly struct Multiplication : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a * b;

    public static double Apply(double a, double b) => a * b;

    public static long Apply(long a, long b) => a * b;
}

internal readonly struct Division : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => a / b;

    public static double Apply(double a, double b) => a / b;

    public static long Apply(long a, long b) => a / b;
}

internal readonly struct FloorDivision : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => Vector512.Floor(a / b);

    public static double Apply(double a, double b) => Math.Floor(a / b);

    public static long Apply(long a, long b)
    {
        var (quotient, rest) = Math.DivRem(a, b);
        return rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient;
    }
}

internal readonly struct TruncatedDivision : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => Vector512.Truncate(a / b);

    public static double Apply(double a, double b) => Math.Truncate(a / b);

    public static long Apply(long a, long b) => a / b;
}

/// <summary>The rest of floor division: it has the divisor's sign.</summary>
internal readonly struct Remainder : IBinaryOperation
{
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b)
    {
        var result = a;
        for (var i = 0; i < Vector512<float>.Count; i++) result = result.WithElement(i, (float)Apply(a[i], (double)b[i]));
        return result;
    }

    public static double Apply(double a, double b)
    {
        var rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    public static long Apply(long a, long b)
    {
        var rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
}

/// <summary>The greater one; NaN if either is.</summary>
internal readonly struct Maximum : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);

    public static double Apply(double a, double b) => Math.Max(a, b);

    public static long Apply(long a, long b) => Math.Max(a, b);
}

/// <summary>The smaller one; NaN if either is.</summary>
internal readonly struct Minimum : IBinaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) => Vector512.Min(a, b);

    public static double Apply(double a, double b) => Math.Min(a, b);

    public static long Apply(long a, long b) => Math.Min(a, b);
}

internal readonly struct Power : IBinaryOperation
{
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b)
    {
        var result = a;
        for (var i = 0; i < Vector512<float>.Count; i++) result = result.WithElement(i, MathF.Pow(a[i], b[i]));
        return result;
    }

    public static double Apply(double a, double b) => Math.Pow(a, b);

    public static long Apply(long a, long b)
    {
        if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
        var result = 1L;
        for (; b > 0; b >>= 1, a *= a)
        {
            if ((b & 1) != 0) result *= a;
        }

        return result;
    }
}

/// <summary>Bits of integers; truth values are integers of one bit.</summary>
internal readonly struct BitwiseAnd : IBinaryOperation
{
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        throw new NotSupportedException("Bitwise operations need integers.");

    public static double Apply(double a, double b) => throw new NotSupportedException("Bitwise operations need integers.");

    public static long Apply(long a, long b) => a & b;
}

internal readonly struct BitwiseOr : IBinaryOperation
{
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        throw new NotSupportedException("Bitwise operations need integers.");

    public static double Apply(double a, double b) => throw new NotSupportedException("Bitwise operations need integers.");

    public static long Apply(long a, long b) => a | b;
}

internal readonly struct BitwiseXor : IBinaryOperation
{
    public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        throw new NotSupportedException("Bitwise operations need integers.");

    public static double Apply(double a, double b) => throw new NotSupportedException("Bitwise operations need integers.");

    public static long Apply(long a, long b) => a ^ b;
}
