using System.Runtime.Intrinsics;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>Multiply-adds in registers, as fast as the processor issues them.</summary>
internal static class FmaChains
{
    public const int Count = 12;

    /// <summary>Floats in a register that the processor handles at full speed.</summary>
    public static int Width { get; } = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;

    public static float Run(int rounds) => Vector512.IsHardwareAccelerated ? Run512(rounds) : Run256(rounds);

    private static float Run512(int rounds)
    {
        var factor = Vector512.Create(0.999f);
        var added = Vector512.Create(0.001f);
        var (a, b, c, d, e, f) = (added, added, added, added, added, added);
        var (g, h, i, j, k, l) = (added, added, added, added, added, added);
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, added);
            b = Vector512.FusedMultiplyAdd(b, factor, added);
            c = Vector512.FusedMultiplyAdd(c, factor, added);
            d = Vector512.FusedMultiplyAdd(d, factor, added);
            e = Vector512.FusedMultiplyAdd(e, factor, added);
            f = Vector512.FusedMultiplyAdd(f, factor, added);
            g = Vector512.FusedMultiplyAdd(g, factor, added);
            h = Vector512.FusedMultiplyAdd(h, factor, added);
            i = Vector512.FusedMultiplyAdd(i, factor, added);
            j = Vector512.FusedMultiplyAdd(j, factor, added);
            k = Vector512.FusedMultiplyAdd(k, factor, added);
            l = Vector512.FusedMultiplyAdd(l, factor, added);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static float Run256(int rounds)
    {
        var factor = Vector256.Create(0.999f);
        var added = Vector256.Create(0.001f);
        var (a, b, c, d, e, f) = (added, added, added, added, added, added);
        var (g, h, i, j, k, l) = (added, added, added, added, added, added);
        for (var round = 0; round < rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, factor, added);
            b = Vector256.FusedMultiplyAdd(b, factor, added);
            c = Vector256.FusedMultiplyAdd(c, factor, added);
            d = Vector256.FusedMultiplyAdd(d, factor, added);
            e = Vector256.FusedMultiplyAdd(e, factor, added);
            f = Vector256.FusedMultiplyAdd(f, factor, added);
            g = Vector256.FusedMultiplyAdd(g, factor, added);
            h = Vector256.FusedMultiplyAdd(h, factor, added);
            i = Vector256.FusedMultiplyAdd(i, factor, added);
            j = Vector256.FusedMultiplyAdd(j, factor, added);
            k = Vector256.FusedMultiplyAdd(k, factor, added);
            l = Vector256.FusedMultiplyAdd(l, factor, added);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
