namespace SmolLM3.Inference.Model.Fused;

/// <summary>Which kernel a run's rows go to, in the order that they have in a step: each kernel's rows lie side by side.</summary>
internal enum RaggedPart
{
    /// <summary>A prompt's rows over one slab.</summary>
    Prefill,

    /// <summary>A few rows over one slab, each a sequence of its own to the kernel, which then divides the keys among its blocks.</summary>
    Decode,

    /// <summary>As <see cref="Decode"/>, over a tail; what comes before the tail is attended to together with those who share it.</summary>
    SharedDecode,

    /// <summary>A prompt's rows over slabs that others share, which attend without a fused kernel.</summary>
    Chain,
}
