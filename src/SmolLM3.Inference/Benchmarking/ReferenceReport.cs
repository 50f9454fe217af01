namespace SmolLM3.Inference.Benchmarking;

/// <summary>How near an engine comes to the reference cases of one checkpoint.</summary>
public sealed record ReferenceReport
{
    /// <summary>The checkpoint's folder name.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Number type of weights, activations and KV cache.</summary>
    public required string ComputeType { get; init; }

    /// <summary>Where it ran.</summary>
    public required string Device { get; init; }

    /// <summary>See <see cref="InferenceEngine.Kernels"/>.</summary>
    public required string Kernels { get; init; }

    /// <summary>Prompts compared.</summary>
    public required int Cases { get; init; }

    /// <summary>Largest error of a prompt's last logits, as a share of the largest logit.</summary>
    public required double WorstLogitError { get; init; }

    /// <summary>Prompts after which the likeliest token is the reference's.</summary>
    public required int LastArgmaxEqual { get; init; }

    /// <summary>Positions at which the likeliest token is the reference's, of <see cref="PositionsCompared"/>.</summary>
    public required int ArgmaxEqual { get; init; }

    /// <summary>Positions for which the reference names the likeliest token.</summary>
    public required int PositionsCompared { get; init; }

    /// <summary>Prompts whose greedy tokens all equal the reference's.</summary>
    public required int GreedyEqual { get; init; }

    /// <summary>Tokens until the first one that differs, summed over the prompts, of <see cref="GreedyTokens"/>.</summary>
    public required int GreedyPrefix { get; init; }

    /// <summary>Greedy tokens of the reference.</summary>
    public required int GreedyTokens { get; init; }
}
