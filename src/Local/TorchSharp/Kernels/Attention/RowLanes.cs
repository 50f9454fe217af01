using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp.Kernels.Products;

namespace TorchSharp.Kernels.Attention;

/// <summary>
/// A block of keys against many query rows, which take the place of lanes: for small heads, whose dot products would else be
/// mostly the adding up of lanes, and nothing here is ever added across. Every sum is taken in the order in which
/// <see cref="DotTile"/> and <see cref="VectorMath"/> take it, so the bits are those of the rows computed one by one.
/// </summary>
internal static unsafe class RowLanes
{
    /// <summary>The head size that it is made for.</summary>
    public const int Size = 32;

    /// <summary>Query rows: two registers.</summary>
    public const int Rows = 32;

    /// <summary>With fewer rows most lanes would idle.</summary>
    public const int FewestRows = 9;

    private const int Half = Size / 2;
    private const int Lanes = 16;

    /// <summary>Whether it can take so many rows of such sizes, each a multiple of 32, and should.</summary>
    public static bool Fits(int rows, int keySize, int valueSize) =>
        Vector512.IsHardwareAccelerated && keySize == Size && valueSize == Size && rows is >= FewestRows and <= Rows;

    /// <summary>Turns rows of <see cref="Size"/> into columns of <see cref="Rows"/>, or columns into rows.</summary>
    public static void Transpose(float* from, int fromStride, float* to, int toStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) to[column * toStride + row] = from[row * fromStride + column];
        }
    }

    /// <summary>Floats of a block of keys or values, where they lie if they are floats.</summary>
    public static float* Widen<TWeight>(byte* from, ref long stride, int count, float* to) where TWeight : struct, IWeightFormat
    {
        if (TWeight.Size == sizeof(float))
        {
            stride /= sizeof(float);
            return (float*)from;
        }

        for (var i = 0; i < count; i++)
        {
            TWeight.LoadFirst(from + i * stride).Store(to + i * Size);
            TWeight.LoadSecond(from + i * stride).Store(to + i * Size + Lanes);
        }

        stride = Size;
        return to;
    }

    /// <summary>The scores of keys, each a row of <see cref="Rows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(float* queries, float* keys, long keyStride, int count, float scale, float* scores)
    {
        var factor = Vector512.Create(scale);
        var key = 0;
        for (; key + 2 <= count; key += 2)
        {
            var first = keys + key * keyStride;
            var second = first + keyStride;
            var to = scores + key * Rows;
            for (var half = 0; half < Rows; half += Lanes)
            {
                var (a, b) = Dot(queries + half, first, second);
                (a * factor).Store(to + half);
                (b * factor).Store(to + Rows + half);
            }
        }

        if (key == count) return;
        for (var half = 0; half < Rows; half += Lanes)
        {
            var (a, _) = Dot(queries + half, keys + key * keyStride, keys + key * keyStride);
            (a * factor).Store(scores + key * Rows + half);
        }
    }

    /// <summary>Takes out the scores of keys that come after a row's own position.</summary>
    public static void Hide(float* scores, int* positions, long firstKey, int count)
    {
        var nothing = Vector512.Create(float.NegativeInfinity);
        for (var half = 0; half < Rows; half += Lanes)
        {
            var own = Vector512.Load(positions + half);
            for (var key = 0; key < count; key++)
            {
                var at = scores + key * Rows + half;
                Vector512.ConditionalSelect(
                    Vector512.LessThan(own, Vector512.Create((int)firstKey + key)).AsSingle(), nothing, Vector512.Load(at)).Store(at);
            }
        }
    }

    /// <summary>Turns scores into weights under the rows' running maxima. Rows that see no key have weights of zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weigh(float* scores, int keyBlock, float* maxima, float* sums, float* outputs, int outputSize)
    {
        for (var half = 0; half < Rows; half += Lanes)
        {
            var at = scores + half;
            var (top, other) = (Vector512.Load(at), Vector512.Load(at + Rows));
            for (var key = 2; key < keyBlock; key += 2)
            {
                top = Vector512.Max(top, Vector512.Load(at + key * Rows));
                other = Vector512.Max(other, Vector512.Load(at + (key + 1) * Rows));
            }

            var before = Vector512.Load(maxima + half);
            var maximum = Vector512.Max(before, Vector512.Max(top, other));
            var blind = Vector512.Equals(maximum, Vector512.Create(float.NegativeInfinity));
            var shift = Vector512.ConditionalSelect(blind, Vector512<float>.Zero, maximum);
            for (var key = 0; key < keyBlock; key++)
            {
                var weight = VectorMath.Exp(Vector512.Load(at + key * Rows) - shift);
                Vector512.AndNot(weight, blind).Store(at + key * Rows);
            }

            var sum = Sum(at);
            maximum.Store(maxima + half);
            var held = Vector512.Load(sums + half);
            if (Vector512.EqualsAll(maximum, before))
            {
                (held + sum).Store(sums + half);
                continue;
            }

            // A row whose maximum stays has a factor of exactly one.
            var decay = Vector512.ConditionalSelect(
                Vector512.Equals(maximum, before), Vector512<float>.One, VectorMath.Exp(before - shift));
            (held * decay + sum).Store(sums + half);
            for (var d = 0; d < outputSize; d++) (Vector512.Load(outputs + d * Rows + half) * decay).Store(outputs + d * Rows + half);
        }
    }

    /// <summary>Adds weighted values to outputs, each element a row of <see cref="Rows"/>.</summary>
    public static void AddValues(float* weights, float* values, long valueStride, int count, float* outputs)
    {
        for (var half = 0; half < Rows; half += Lanes)
        {
            for (var d = 0; d < Size; d += Lanes) AddSixteen(weights + half, values + d, valueStride, count, outputs + d * Rows + half);
        }
    }

    // The lanes of a row's dot product are summed in the order in which LaneSums does it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second) Dot(float* q, float* k, float* l)
    {
        var (a0, b0) = Four(q, k, l, 0);
        var (a2, b2) = Four(q, k, l, 2);
        (a0, b0) = (a0 + a2, b0 + b2);
        var (a1, b1) = Four(q, k, l, 1);
        var (a3, b3) = Four(q, k, l, 3);
        return (a0 + (a1 + a3), b0 + (b1 + b3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second) Four(float* q, float* k, float* l, int lane)
    {
        var (a0, b0) = Lane(q, k, l, lane);
        var (a8, b8) = Lane(q, k, l, lane + 8);
        var (a4, b4) = Lane(q, k, l, lane + 4);
        var (a12, b12) = Lane(q, k, l, lane + 12);
        return ((a0 + a8) + (a4 + a12), (b0 + b8) + (b4 + b12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> First, Vector512<float> Second) Lane(float* q, float* k, float* l, int lane)
    {
        var (low, high) = (Vector512.Load(q + lane * Rows), Vector512.Load(q + (lane + Half) * Rows));
        return (
            Vector512.FusedMultiplyAdd(high, Vector512.Create(k[lane + Half]), low * Vector512.Create(k[lane])),
            Vector512.FusedMultiplyAdd(high, Vector512.Create(l[lane + Half]), low * Vector512.Create(l[lane])));
    }

    // Of 64 weights: every sixteenth first, then as the lanes of one register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(float* weights)
    {
        var even = FourSums(weights, 0) + FourSums(weights, 2);
        return even + (FourSums(weights, 1) + FourSums(weights, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FourSums(float* weights, int lane) =>
        (Sixteenth(weights, lane) + Sixteenth(weights, lane + 8)) + (Sixteenth(weights, lane + 4) + Sixteenth(weights, lane + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sixteenth(float* weights, int lane)
    {
        var at = weights + lane * Rows;
        return (Vector512.Load(at) + Vector512.Load(at + Lanes * Rows)) + (
            Vector512.Load(at + 2 * Lanes * Rows) + Vector512.Load(at + 3 * Lanes * Rows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSixteen(float* weights, float* values, long valueStride, int count, float* outputs)
    {
        var (s0, s1, s2, s3) = (
            Vector512.Load(outputs), Vector512.Load(outputs + Rows), Vector512.Load(outputs + 2 * Rows),
            Vector512.Load(outputs + 3 * Rows));
        var (s4, s5, s6, s7) = (
            Vector512.Load(outputs + 4 * Rows), Vector512.Load(outputs + 5 * Rows), Vector512.Load(outputs + 6 * Rows),
            Vector512.Load(outputs + 7 * Rows));
        var (s8, s9, s10, s11) = (
            Vector512.Load(outputs + 8 * Rows), Vector512.Load(outputs + 9 * Rows), Vector512.Load(outputs + 10 * Rows),
            Vector512.Load(outputs + 11 * Rows));
        var (s12, s13, s14, s15) = (
            Vector512.Load(outputs + 12 * Rows), Vector512.Load(outputs + 13 * Rows), Vector512.Load(outputs + 14 * Rows),
            Vector512.Load(outputs + 15 * Rows));
        for (var key = 0; key < count; key++, weights += Rows, values += valueStride)
        {
            var w = Vector512.Load(weights);
            s0 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[0]), s0);
            s1 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[1]), s1);
            s2 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[2]), s2);
            s3 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[3]), s3);
            s4 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[4]), s4);
            s5 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[5]), s5);
            s6 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[6]), s6);
            s7 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[7]), s7);
            s8 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[8]), s8);
            s9 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[9]), s9);
            s10 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[10]), s10);
            s11 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[11]), s11);
            s12 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[12]), s12);
            s13 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[13]), s13);
            s14 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[14]), s14);
            s15 = Vector512.FusedMultiplyAdd(w, Vector512.Create(values[15]), s15);
        }

        s0.Store(outputs);
        s1.Store(outputs + Rows);
        s2.Store(outputs + 2 * Rows);
        s3.Store(outputs + 3 * Rows);
        s4.Store(outputs + 4 * Rows);
        s5.Store(outputs + 5 * Rows);
        s6.Store(outputs + 6 * Rows);
        s7.Store(outputs + 7 * Rows);
        s8.Store(outputs + 8 * Rows);
        s9.Store(outputs + 9 * Rows);
        s10.Store(outputs + 10 * Rows);
        s11.Store(outputs + 11 * Rows);
        s12.Store(outputs + 12 * Rows);
        s13.Store(outputs + 13 * Rows);
        s14.Store(outputs + 14 * Rows);
        s15.Store(outputs + 15 * Rows);
    }
}
