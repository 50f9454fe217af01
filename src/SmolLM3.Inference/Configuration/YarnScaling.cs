namespace SmolLM3.Inference;

/// <summary>YaRN's parameters, named as in <c>rope_scaling</c> of config.json.</summary>
public sealed record YarnScaling
{
    /// <summary>How many times the original positions are covered.</summary>
    public required double Factor { get; init; }

    /// <summary>Positions of the model before scaling.</summary>
    public required int OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>Multiplies cos and sin; null derives it from <see cref="Factor"/>.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Frequencies that turn more often than this within the original positions stay as they are.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Frequencies that turn less often than this are interpolated fully.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>DeepSeek's variant of the attention factor: numerator.</summary>
    public double? MScale { get; init; }

    /// <summary>DeepSeek's variant of the attention factor: denominator.</summary>
    public double? MScaleAllDim { get; init; }

    /// <summary>Whether the bounds of the ramp between the two are rounded to whole frequencies.</summary>
    public bool Truncate { get; init; } = true;
}
