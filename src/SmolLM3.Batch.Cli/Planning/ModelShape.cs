namespace SmolLM3.Batch.Cli.Planning;

/// <summary>What of a model costs time and memory.</summary>
internal sealed record ModelShape(
    int Layers, int Hidden, int Heads, int KeyValueHeads, int HeadSize, int Mlp, int Vocabulary, int BytesPerWeight, int ContextLength)
{
    public static ModelShape SmolLM3 { get; } = new(
        Layers: 36, Hidden: 2048, Heads: 16, KeyValueHeads: 4, HeadSize: 128, Mlp: 11008, Vocabulary: 128_256, BytesPerWeight: 2,
        ContextLength: 262_144);

    /// <summary>Weights of all layers, without the embedding.</summary>
    public long LayerParameters =>
        (long)Layers * ((2L * Hidden * Heads * HeadSize) + (2L * Hidden * KeyValueHeads * HeadSize) + (3L * Hidden * Mlp));

    /// <summary>All weights; embedding and head are tied.</summary>
    public long Parameters => LayerParameters + ((long)Vocabulary * Hidden);

    public long WeightBytes => Parameters * BytesPerWeight;

    /// <summary>Keys and values of one token: 73,728 bytes for SmolLM3-3B.</summary>
    public long KeyValueBytesPerToken => 2L * Layers * KeyValueHeads * HeadSize * BytesPerWeight;

    /// <summary>Multiply-adds count twice. Linear layers, and causal attention over n²/2 pairs; the head computes one position.</summary>
    public double PrefillFlops(double tokens) =>
        (2.0 * LayerParameters * tokens) + (4.0 * Layers * Heads * HeadSize * tokens * tokens / 2) + (2.0 * Vocabulary * Hidden);

    /// <summary>One new token that attends to <paramref name="context"/> earlier ones.</summary>
    public double DecodeFlops(double context) => (2.0 * Parameters) + (4.0 * Layers * Heads * HeadSize * context);
}
