using static TorchSharp.torch;

namespace TorchSharp.Kernels;

/// <summary>Turns a run-time element type into a type argument, so that every kernel is compiled for its element.</summary>
internal static class ElementTypes
{
    public static void Dispatch<TVisitor>(ScalarType type, ref TVisitor visitor) where TVisitor : IElementVisitor, allows ref struct
    {
        switch (type)
        {
            case ScalarType.Float32: visitor.Visit<SingleElement>(); break;
            case ScalarType.BFloat16: visitor.Visit<BFloat16Element>(); break;
            case ScalarType.Float16: visitor.Visit<HalfElement>(); break;
            case ScalarType.Float64: visitor.Visit<DoubleElement>(); break;
            case ScalarType.Int64: visitor.Visit<Int64Element>(); break;
            case ScalarType.Int32: visitor.Visit<Int32Element>(); break;
            case ScalarType.Int16: visitor.Visit<Int16Element>(); break;
            case ScalarType.Int8: visitor.Visit<Int8Element>(); break;
            case ScalarType.Byte: visitor.Visit<ByteElement>(); break;
            case ScalarType.Bool: visitor.Visit<BoolElement>(); break;
            default: throw new NotSupportedException($"Element type {type} is not supported.");
        }
    }

    public static void DispatchFloat<TVisitor>(ScalarType type, ref TVisitor visitor) where TVisitor : IFloatVisitor, allows ref struct
    {
        switch (type)
        {
            case ScalarType.Float32: visitor.Visit<SingleElement>(); break;
            case ScalarType.BFloat16: visitor.Visit<BFloat16Element>(); break;
            case ScalarType.Float16: visitor.Visit<HalfElement>(); break;
            default: throw new NotSupportedException(
                $"Element type {type} is not supported here: float32, bfloat16 or float16 is expected.");
        }
    }
}

/// <summary>Code that is generic in the element type.</summary>
internal interface IElementVisitor
{
    void Visit<T>() where T : struct, IElement;
}

/// <summary>Code that is generic in a floating point element type.</summary>
internal interface IFloatVisitor
{
    void Visit<T>() where T : struct, IFloatElement;
}
