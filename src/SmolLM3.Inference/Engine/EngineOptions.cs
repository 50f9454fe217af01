using SmolLM3.Inference.Model.Fused;

namespace SmolLM3.Inference;

/// <summary>How an engine runs. The defaults suit the machine that it is loaded on.</summary>
public sealed record EngineOptions
{
    /// <summary>The number type of weights, activations and KV cache.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Auto;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>; null takes CUDA where there is a device.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// Memory for the KV cache; null takes half of what is free after loading on a CPU, and on a GPU 8 GiB or what it has left of them.
    /// </summary>
    public long? KvCacheBytes { get; init; }

    /// <summary>Most tokens of prompt and completion together; null takes the model's own limit, YaRN included.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Most sequences in a step.</summary>
    public int MaxSequences { get; init; } = 64;

    /// <summary>Most tokens computed in a step; longer prompts are prefilled in chunks of this size.</summary>
    public int MaxStepTokens { get; init; } = 1024;

    /// <summary>Sequences with a common prefix compute it once and share its memory.</summary>
    public bool PrefixSharing { get; init; } = true;

    /// <summary>Most tokens that prompt-lookup speculation proposes in a step; 0 switches it off.</summary>
    public int SpeculativeTokens { get; init; } = 4;

    /// <summary>
    /// On CUDA, kernels that serve all sequences of a step at once, where the device and libtorch have them; false attends sequence by
    /// sequence. With them the KV cache's memory is taken when the engine is loaded, otherwise as it is used.
    /// </summary>
    public bool FusedKernels { get; init; } = true;

    /// <summary>Compares the SHA-256 of every weights file with what the source states, where it states one.</summary>
    public bool VerifyChecksums { get; init; }

    /// <summary>Reads of weights under way at once.</summary>
    public int ParallelReads { get; init; } = 4;

    /// <summary>The clock of timings.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Kernels to use whatever the device.</summary>
    internal IFusedKernels? Kernels { get; init; }

    /// <summary>Whether <see cref="KvCacheBytes"/> is a wish only, of which a device may grant less.</summary>
    internal bool KvCacheMayShrink { get; init; }

    internal void Validate()
    {
        AtLeast(MaxSequences, 1, nameof(MaxSequences));
        AtLeast(MaxStepTokens, 16, nameof(MaxStepTokens));
        AtLeast(SpeculativeTokens, 0, nameof(SpeculativeTokens));
        AtLeast(ParallelReads, 1, nameof(ParallelReads));
        if (KvCacheBytes is { } bytes)
            AtLeast(bytes, 1, nameof(KvCacheBytes));
        if (ContextLength is { } length)
            AtLeast(length, 2, nameof(ContextLength));
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    private static void AtLeast(long value, long minimum, string name)
    {
        if (value < minimum)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}.");
    }
}
