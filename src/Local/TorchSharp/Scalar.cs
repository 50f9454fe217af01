namespace TorchSharp;

/// <summary>A number whose element type is known at run time: an integer, a truth value or a floating point number.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _real;
    private readonly long _integer;

    private Scalar(torch.ScalarType type, double real, long integer)
    {
        Type = type;
        _real = real;
        _integer = integer;
    }

    public torch.ScalarType Type { get; }

    internal bool IsIntegral =>
        Type is not (torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Float32 or torch.ScalarType.Float64);

    internal bool IsBoolean => Type == torch.ScalarType.Bool;

    internal double Real => _real;

    internal long Integer => _integer;

    internal static Scalar OfInteger(long value, torch.ScalarType type = torch.ScalarType.Int64) => new(type, value, value);

    internal static Scalar OfReal(double value, torch.ScalarType type = torch.ScalarType.Float64) =>
        new(type, value, double.IsFinite(value) ? (long)value : 0);

    public static implicit operator Scalar(byte value) => OfInteger(value, torch.ScalarType.Byte);

    public static implicit operator Scalar(sbyte value) => OfInteger(value, torch.ScalarType.Int8);

    public static implicit operator Scalar(short value) => OfInteger(value, torch.ScalarType.Int16);

    public static implicit operator Scalar(int value) => OfInteger(value, torch.ScalarType.Int32);

    public static implicit operator Scalar(long value) => OfInteger(value);

    public static implicit operator Scalar(Half value) => OfReal((double)value, torch.ScalarType.Float16);

    public static implicit operator Scalar(BFloat16 value) => OfReal((double)value, torch.ScalarType.BFloat16);

    public static implicit operator Scalar(float value) => OfReal(value, torch.ScalarType.Float32);

    public static implicit operator Scalar(double value) => OfReal(value);

    public static implicit operator Scalar(bool value) => OfInteger(value ? 1 : 0, torch.ScalarType.Bool);

    /// <summary>Nothing to release here; the real library holds a native object.</summary>
    public void Dispose()
    {
    }
}
