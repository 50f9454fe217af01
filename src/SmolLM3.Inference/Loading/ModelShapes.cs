namespace SmolLM3.Inference;

/// <summary>Configurations of well-known sizes, for benchmarks and for checkpoints made from a seed.</summary>
public static class ModelShapes
{
    /// <summary>The names that <see cref="Get"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["smollm3-3b", "1b", "demo", "tiny"];

    /// <summary>The configuration called <paramref name="name"/>.</summary>
    public static ModelConfig Get(string name) => name switch
    {
        "smollm3-3b" => Shape(128256, 2048, 11008, 36, 16, 4, 128),
        "1b" => Shape(128256, 2048, 5504, 18, 16, 4, 128),
        "demo" => Shape(4096, 256, 576, 8, 8, 2, 32) with { RopeTheta = 1e5, MaxPositionEmbeddings = 8192 },
        "tiny" => Shape(512, 96, 256, 8, 6, 2, 16),
        _ => throw new ArgumentException($"There is no shape '{name}'. Known ones: {string.Join(", ", Names)}.", nameof(name)),
    };

    private static ModelConfig Shape(
        int vocabulary, int hidden, int intermediate, int layers, int heads, int keyValueHeads, int headSize) => new()
    {
        ModelType = "smollm3",
        VocabularySize = vocabulary,
        HiddenSize = hidden,
        IntermediateSize = intermediate,
        Layers = layers,
        AttentionHeads = heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = headSize,
        RmsNormEpsilon = 1e-6,
        RopeTheta = 5e6,
        RopeLayers = [.. Enumerable.Range(0, layers).Select(layer => (layer + 1) % 4 != 0)],
        MaxPositionEmbeddings = 65536,
        TieWordEmbeddings = true,
        DType = ComputeType.BFloat16,
    };
}
