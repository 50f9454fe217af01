namespace SmolLM3.Inference.Rope;

/// <summary>
/// Chooses each sequence's rotary embedding when it is admitted: plain within the positions that the model was trained on, and beyond
/// them YaRN with the smallest factor that covers the sequence, so that short text keeps its full quality. A checkpoint that states
/// its own YaRN gets that for everything.
/// </summary>
internal sealed class RopePolicy
{
    /// <summary>SmolLM3 was evaluated up to this factor.</summary>
    private static readonly int[] Factors = [2, 4];

    private readonly long[] _limits;

    public RopePolicy(ModelConfig config)
    {
        if (config.Yarn is { } stated)
        {
            Tables = [RopeTable.Yarn(config.HeadSize, config.RopeTheta, stated)];
            _limits = [Math.Max(config.MaxPositionEmbeddings, (long)(stated.Factor * stated.OriginalMaxPositionEmbeddings))];
            return;
        }
        var trained = config.MaxPositionEmbeddings;
        var factors = config.ModelType == "smollm3" ? Factors : [];
        Tables =
        [
            RopeTable.Plain(config.HeadSize, config.RopeTheta),
            .. factors.Select(factor => RopeTable.Yarn(config.HeadSize, config.RopeTheta, new YarnScaling
            {
                Factor = factor,
                OriginalMaxPositionEmbeddings = trained,
            })),
        ];
        _limits = [trained, .. factors.Select(factor => (long)factor * trained)];
    }

    /// <summary>One table a kind; a sequence names its kind by the index.</summary>
    public IReadOnlyList<RopeTable> Tables { get; }

    /// <summary>Most tokens that any kind covers.</summary>
    public int ContextLength => (int)Math.Min(_limits[^1], int.MaxValue);

    /// <summary>The kind for a sequence that may reach <paramref name="tokens"/> tokens.</summary>
    public int KindFor(long tokens)
    {
        var kind = Array.FindIndex(_limits, limit => tokens <= limit);
        return kind >= 0 ? kind : throw new ArgumentOutOfRangeException(
            nameof(tokens), tokens, $"No rotary embedding covers more than {ContextLength:N0} tokens.");
    }
}
