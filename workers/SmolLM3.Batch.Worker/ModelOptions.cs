using System.ComponentModel.DataAnnotations;
using SmolLM3.Inference;

namespace SmolLM3.Batch.Worker;

/// <summary>The model a worker loads: configuration section <c>Model</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Model";

    /// <summary>A folder in the hub's layout, or <c>blob:PREFIX</c> for one in the container <c>models</c>.</summary>
    [Required(ErrorMessage = "Model:Source is not set. Set it to a folder that holds config.json and model.safetensors, "
        + "or to blob:PREFIX for a checkpoint in the container 'models'.")]
    public string Source { get; set; } = "";

    /// <summary>What manifests call the model. The default is the source's last part.</summary>
    public string? Name { get; set; }

    /// <summary>Its commit on the hub. The default is a fingerprint of the checkpoint.</summary>
    public string? Revision { get; set; }

    /// <summary>The number type to compute in.</summary>
    public ComputeType ComputeType { get; set; } = ComputeType.Auto;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>; empty takes CUDA where there is a device.</summary>
    public string? Device { get; set; }

    /// <summary>Memory for the KV cache; empty lets the engine choose.</summary>
    [Range(1, long.MaxValue)]
    public long? KvCacheBytes { get; set; }

    /// <summary>Most tokens of prompt and completion together; empty takes the model's limit.</summary>
    [Range(2, int.MaxValue)]
    public int? ContextLength { get; set; }

    /// <summary>Most sequences in a step.</summary>
    [Range(1, 4096)]
    public int MaxSequences { get; set; } = 64;

    /// <summary>Most tokens in a step.</summary>
    [Range(16, 1 << 20)]
    public int MaxStepTokens { get; set; } = 1024;

    /// <summary>Tokens that prompt-lookup speculation proposes; 0 switches it off.</summary>
    [Range(0, 64)]
    public int SpeculativeTokens { get; set; } = 4;

    /// <summary>Whether kernels that serve all sequences at once are used on CUDA, where the device and libtorch have them.</summary>
    public bool FusedKernels { get; set; } = true;

    /// <summary>Whether weights are compared with the SHA-256 that their blobs state.</summary>
    public bool VerifyChecksums { get; set; }

    /// <summary>Reads of weights under way at once.</summary>
    [Range(1, 64)]
    public int ParallelReads { get; set; } = 4;

    internal EngineOptions ToEngineOptions(TimeProvider time) => new()
    {
        ComputeType = ComputeType,
        Device = string.IsNullOrEmpty(Device) ? null : Device,
        KvCacheBytes = KvCacheBytes,
        ContextLength = ContextLength,
        MaxSequences = MaxSequences,
        MaxStepTokens = MaxStepTokens,
        SpeculativeTokens = SpeculativeTokens,
        FusedKernels = FusedKernels,
        VerifyChecksums = VerifyChecksums,
        ParallelReads = ParallelReads,
        TimeProvider = time,
    };
}
