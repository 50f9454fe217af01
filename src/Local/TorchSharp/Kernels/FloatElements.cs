using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Kernels;

internal readonly unsafe struct SingleElement : IFloatElement
{
    public static int Size => 4;

    public static float Load(byte* at) => *(float*)at;

    public static void Store(byte* at, float value) => *(float*)at = value;

    public static double LoadDouble(byte* at) => *(float*)at;

    public static long LoadInteger(byte* at) => (long)*(float*)at;

    public static void StoreDouble(byte* at, double value) => *(float*)at = (float)value;

    public static void StoreInteger(byte* at, long value) => *(float*)at = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadVector(byte* at) => Vector512.Load((float*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(byte* at, Vector512<float> value) => value.Store((float*)at);
}

internal readonly unsafe struct BFloat16Element : IFloatElement
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* at) => BFloat16.Widen(*(ushort*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* at, float value) => *(ushort*)at = BFloat16.Round(value);

    public static double LoadDouble(byte* at) => Load(at);

    public static long LoadInteger(byte* at) => (long)Load(at);

    public static void StoreDouble(byte* at, double value) => Store(at, (float)value);

    public static void StoreInteger(byte* at, long value) => Store(at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadVector(byte* at)
    {
        var raw = Vector256.Load((ushort*)at);
        var wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(raw)
            : Vector512.Create(Vector256.WidenLower(raw), Vector256.WidenUpper(raw));
        return (wide << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(byte* at, Vector512<float> value)
    {
        var result = Round(value) >> 16;
        var narrow = Avx512F.IsSupported
            ? Avx512F.ConvertToVector256UInt16(result)
            : Vector256.Narrow(result.GetLower(), result.GetUpper());
        narrow.Store((ushort*)at);
    }

    /// <summary>Float32 bits whose upper halves are the values rounded to nearest even; NaNs stay NaNs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(Vector512<float> value)
    {
        var bits = value.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One);
        var quiet = bits | Vector512.Create(0x400000u);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, quiet);
    }
}

internal readonly unsafe struct HalfElement : IFloatElement
{
    public static int Size => 2;

    public static float Load(byte* at) => (float)*(Half*)at;

    public static void Store(byte* at, float value) => *(Half*)at = (Half)value;

    public static double LoadDouble(byte* at) => (double)*(Half*)at;

    public static long LoadInteger(byte* at) => (long)(float)*(Half*)at;

    public static void StoreDouble(byte* at, double value) => *(Half*)at = (Half)(float)value;

    public static void StoreInteger(byte* at, long value) => *(Half*)at = (Half)(float)value;

    /// <summary>
    /// Moves exponent and fraction into float32's places and rescales by 2^112, which also normalises subnormals;
    /// infinities and NaNs get their exponent filled up.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadVector(byte* at)
    {
        var raw = Vector256.Load((ushort*)at);
        var wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(raw)
            : Vector512.Create(Vector256.WidenLower(raw), Vector256.WidenUpper(raw));
        var sign = (wide & Vector512.Create(0x8000u)) << 16;
        var magnitude = wide & Vector512.Create(0x7FFFu);
        var scaled = (magnitude << 13).AsSingle() * Vector512.Create(5.192296858534828e33f);
        var special = Vector512.GreaterThan(magnitude, Vector512.Create(0x7BFFu)) & Vector512.Create(0x7F800000u);
        var quiet = Vector512.GreaterThan(magnitude, Vector512.Create(0x7C00u)) & Vector512.Create(0x00400000u);
        return (scaled.AsUInt32() | special | quiet | sign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreVector(byte* at, Vector512<float> value)
    {
        for (var i = 0; i < Vector512<float>.Count; i++) ((Half*)at)[i] = (Half)value[i];
    }
}
