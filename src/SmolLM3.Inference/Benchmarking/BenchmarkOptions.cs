namespace SmolLM3.Inference.Benchmarking;

/// <summary>What a benchmark runs.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>One of <see cref="ModelShapes.Names"/>.</summary>
    public string Shape { get; init; } = "1b";

    /// <summary>Sequences at once; one case for each, at each of <see cref="PromptLengths"/>.</summary>
    public IReadOnlyList<int> BatchSizes { get; init; } = [1, 8];

    /// <summary>Tokens of each prompt.</summary>
    public IReadOnlyList<int> PromptLengths { get; init; } = [256];

    /// <summary>Tokens that each sequence generates.</summary>
    public int GeneratedTokens { get; init; } = 32;

    /// <summary>A checkpoint to measure instead of random weights of <see cref="Shape"/>.</summary>
    public ICheckpointSource? Checkpoint { get; init; }

    /// <summary>Memory for the KV cache; cases that do not fit are skipped. Null takes what the largest case needs.</summary>
    public long? KvCacheBytes { get; init; }

    /// <summary>Most tokens computed in a step: the length of a prompt's chunks.</summary>
    public int MaxStepTokens { get; init; } = 1024;

    /// <summary>See <see cref="EngineOptions.FusedKernels"/>.</summary>
    public bool FusedKernels { get; init; } = true;

    /// <summary>Is told of every case as soon as it is measured; shares are of the ceilings measured before the first.</summary>
    public IProgress<BenchmarkCase>? Measured { get; init; }

    /// <summary>Seed of weights and prompts.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number type; bfloat16 unless told otherwise, as in SmolLM3's own checkpoint.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.BFloat16;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>; null takes CUDA where there is a device.</summary>
    public string? Device { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (Checkpoint is null)
            _ = ModelShapes.Get(Shape);
        if (MaxStepTokens < 2 * BatchSizes.DefaultIfEmpty().Max())
            throw new ArgumentOutOfRangeException(
                nameof(MaxStepTokens), MaxStepTokens, "MaxStepTokens must be at least twice the largest batch.");
        Positive(BatchSizes, nameof(BatchSizes));
        Positive(PromptLengths, nameof(PromptLengths));
        if (GeneratedTokens < 2)
            throw new ArgumentOutOfRangeException(
                nameof(GeneratedTokens), GeneratedTokens, "GeneratedTokens must be at least 2: the first one belongs to prefill.");
    }

    private static void Positive(IReadOnlyList<int> values, string name)
    {
        if (values.Count == 0 || values.Any(value => value < 1))
            throw new ArgumentOutOfRangeException(name, string.Join(", ", values), $"{name} must hold numbers of at least 1.");
    }
}
