namespace SmolLM3.Inference.Loading;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The tensor's name.</param>
/// <param name="DType">The type as the header spells it, for example <c>BF16</c>.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Length">Bytes.</param>
internal sealed record SafetensorsTensor(string File, string Name, string DType, long[] Shape, long Offset, long Length)
{
    /// <summary>Bytes of an element, or 0 for a type that this engine does not know.</summary>
    public static int SizeOf(string dtype) => dtype switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 1,
        "BF16" or "F16" or "I16" or "U16" => 2,
        "F32" or "I32" or "U32" => 4,
        "F64" or "I64" or "U64" => 8,
        _ => 0,
    };
}
