namespace TorchSharp.Kernels;

internal readonly unsafe struct DoubleElement : IElement
{
    public static int Size => 8;

    public static double LoadDouble(byte* at) => *(double*)at;

    public static long LoadInteger(byte* at) => (long)*(double*)at;

    public static void StoreDouble(byte* at, double value) => *(double*)at = value;

    public static void StoreInteger(byte* at, long value) => *(double*)at = value;
}

internal readonly unsafe struct Int64Element : IElement
{
    public static int Size => 8;

    public static double LoadDouble(byte* at) => *(long*)at;

    public static long LoadInteger(byte* at) => *(long*)at;

    public static void StoreDouble(byte* at, double value) => *(long*)at = (long)value;

    public static void StoreInteger(byte* at, long value) => *(long*)at = value;
}

internal readonly unsafe struct Int32Element : IElement
{
    public static int Size => 4;

    public static double LoadDouble(byte* at) => *(int*)at;

    public static long LoadInteger(byte* at) => *(int*)at;

    public static void StoreDouble(byte* at, double value) => *(int*)at = (int)(long)value;

    public static void StoreInteger(byte* at, long value) => *(int*)at = (int)value;
}

internal readonly unsafe struct Int16Element : IElement
{
    public static int Size => 2;

    public static double LoadDouble(byte* at) => *(short*)at;

    public static long LoadInteger(byte* at) => *(short*)at;

    public static void StoreDouble(byte* at, double value) => *(short*)at = (short)(long)value;

    public static void StoreInteger(byte* at, long value) => *(short*)at = (short)value;
}

internal readonly unsafe struct Int8Element : IElement
{
    public static int Size => 1;

    public static double LoadDouble(byte* at) => *(sbyte*)at;

    public static long LoadInteger(byte* at) => *(sbyte*)at;

    public static void StoreDouble(byte* at, double value) => *(sbyte*)at = (sbyte)(long)value;

    public static void StoreInteger(byte* at, long value) => *(sbyte*)at = (sbyte)value;
}

internal readonly unsafe struct ByteElement : IElement
{
    public static int Size => 1;

    public static double LoadDouble(byte* at) => *at;

    public static long LoadInteger(byte* at) => *at;

    public static void StoreDouble(byte* at, double value) => *at = (byte)(long)value;

    public static void StoreInteger(byte* at, long value) => *at = (byte)value;
}

internal readonly unsafe struct BoolElement : IElement
{
    public static int Size => 1;

    public static double LoadDouble(byte* at) => *at == 0 ? 0 : 1;

    public static long LoadInteger(byte* at) => *at == 0 ? 0 : 1;

    public static void StoreDouble(byte* at, double value) => *at = value == 0 ? (byte)0 : (byte)1;

    public static void StoreInteger(byte* at, long value) => *at = value == 0 ? (byte)0 : (byte)1;
}
