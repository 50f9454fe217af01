namespace SmolLM3.Inference.Rope;

/// <summary>The frequencies of one kind of rotary embedding, computed in float32 in the order that transformers computes them in.</summary>
internal sealed class RopeTable
{
    private RopeTable(float[] inverseFrequencies, double attentionScaling)
        => (InverseFrequencies, AttentionScaling) = (inverseFrequencies, attentionScaling);

    /// <summary>Radians a position, for each pair of a head's dimensions.</summary>
    public float[] InverseFrequencies { get; }

    /// <summary>Multiplies cos and sin.</summary>
    public double AttentionScaling { get; }

    public static RopeTable Plain(int headSize, double theta)
        => new([.. PositionFrequencies(headSize, theta).Select(frequency => 1f / frequency)], 1);

    public static RopeTable Yarn(int headSize, double theta, YarnScaling yarn)
    {
        var (low, high) = CorrectionRange(headSize, theta, yarn);
        var frequencies = PositionFrequencies(headSize, theta);
        var inverse = new float[frequencies.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            var ramp = Math.Clamp((i - (float)low) / (float)(high - low), 0f, 1f);
            var kept = 1f - ramp;
            inverse[i] = 1f / ((float)yarn.Factor * frequencies[i]) * (1f - kept) + 1f / frequencies[i] * kept;
        }
        return new(inverse, AttentionFactor(yarn));
    }

    private static float[] PositionFrequencies(int headSize, double theta)
        => [.. Enumerable.Range(0, headSize / 2).Select(i => (float)Math.Pow(theta, 2 * i / (float)headSize))];

    private static (double Low, double High) CorrectionRange(int headSize, double theta, YarnScaling yarn)
    {
        double Dimension(double rotations)
            => headSize * Math.Log(yarn.OriginalMaxPositionEmbeddings / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));

        var (low, high) = (Dimension(yarn.BetaFast), Dimension(yarn.BetaSlow));
        if (yarn.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, headSize - 1));
        return (low, low == high ? high + 0.001 : high);
    }

    private static double AttentionFactor(YarnScaling yarn)
    {
        static double Scale(double factor, double mscale = 1) => factor <= 1 ? 1 : 0.1 * mscale * Math.Log(factor) + 1;

        if (yarn.AttentionFactor is { } stated)
            return stated;
        return yarn is { MScale: { } mscale, MScaleAllDim: { } allDim }
            ? Scale(yarn.Factor, mscale) / Scale(yarn.Factor, allDim)
            : Scale(yarn.Factor);
    }
}
