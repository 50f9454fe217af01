namespace SmolLM3.Inference;

/// <summary>The number type that an engine computes in.</summary>
public enum ComputeType
{
    /// <summary>The checkpoint's own; on a CPU float32 for models so small that the precision costs nothing.</summary>
    Auto,

    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>bfloat16: the type of SmolLM3's weights.</summary>
    BFloat16,

    /// <summary>IEEE half: for GPUs without bfloat16, such as the T4.</summary>
    Float16,
}
