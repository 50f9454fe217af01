using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Sizes of element types and PyTorch's promotion between them.</summary>
internal static class ScalarTypes
{
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => throw new NotSupportedException($"Element type {type} is not supported."),
    };

    /// <summary>True for the types that kernels widen to float32, compute and round back.</summary>
    public static bool ComputesInSingle(ScalarType type) => type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16;

    public static ScalarType Promote(ScalarType a, ScalarType b)
    {
        if (a == b) return a;
        var (floatA, floatB) = (is_floating_point(a), is_floating_point(b));
        if (floatA != floatB) return floatA ? a : b;
        if (floatA) return a == ScalarType.Float64 || b == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        if (a == ScalarType.Bool) return b;
        if (b == ScalarType.Bool) return a;
        if (SizeOf(a) != SizeOf(b)) return SizeOf(a) > SizeOf(b) ? a : b;
        return ScalarType.Int16; // uint8 with int8
    }

    /// <summary>The type of tensor (op) number: a number changes the type only when it is of a higher kind.</summary>
    public static ScalarType Promote(ScalarType tensor, Scalar scalar)
    {
        if (is_floating_point(tensor)) return tensor;
        if (!scalar.IsIntegral) return get_default_dtype();
        return tensor == ScalarType.Bool && !scalar.IsBoolean ? ScalarType.Int64 : tensor;
    }

    /// <summary>What functions such as sqrt or division return for a tensor of this type.</summary>
    public static ScalarType ToFloatingPoint(ScalarType type) => is_floating_point(type) ? type : get_default_dtype();
}
