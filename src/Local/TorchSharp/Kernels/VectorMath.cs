using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels;

/// <summary>
/// Functions of sixteen floats at a time. Every lane is computed by the same operations whatever its neighbours hold, so
/// that a value's image never depends on where in a tensor it stands.
/// </summary>
internal static unsafe class VectorMath
{
    /// <summary>e^x to about one unit in the last place, with gradual underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var clamped = Vector512.Min(Vector512.Max(x, Vector512.Create(-104f)), Vector512.Create(89f));
        var n = Vector512.Round(clamped * Vector512.Create(1.44269504088896341f));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500E-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507E-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073E-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894E-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459E-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201E-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;

        // 2^n in two factors, since n may lie outside of the exponents that one float can hold.
        var power = Vector512.ConvertToInt32(n);
        var half = power >> 1;
        var bias = Vector512.Create(127);
        var low = ((half + bias) << 23).AsSingle();
        var high = ((power - half + bias) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), p * low * high, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>Adds up sixteen lanes, always in the same order: 8 apart, 4 apart, 2 apart, neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> lanes) => Sum(lanes.GetLower() + lanes.GetUpper());

    /// <summary>The second half of <see cref="Sum(Vector512{float})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> eight)
    {
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.ToScalar() + two.GetElement(1);
    }

    /// <summary>Applies a scalar function to every lane.</summary>
    public static Vector512<float> Map(Vector512<float> x, delegate*<float, float> function)
    {
        var lanes = stackalloc float[16];
        x.Store(lanes);
        for (var i = 0; i < 16; i++) lanes[i] = function(lanes[i]);
        return Vector512.Load(lanes);
    }
}
