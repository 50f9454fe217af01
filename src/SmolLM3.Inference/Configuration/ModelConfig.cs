using SmolLM3.Inference.Configuration;

namespace SmolLM3.Inference;

/// <summary>The shape of a model, from its config.json.</summary>
public sealed record ModelConfig
{
    /// <summary><c>smollm3</c> or <c>llama</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Key and value heads, each shared by <see cref="AttentionHeads"/> / this many query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Epsilon of RMSNorm.</summary>
    public required double RmsNormEpsilon { get; init; }

    /// <summary>Base of the rotary embedding.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>YaRN as the checkpoint states it, or null for plain rotary embedding.</summary>
    public YarnScaling? Yarn { get; init; }

    /// <summary>For each layer, whether it has a rotary embedding.</summary>
    public required IReadOnlyList<bool> RopeLayers { get; init; }

    /// <summary>Positions that the checkpoint was made for, its own YaRN included.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>The output head is the embedding table.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>The type of the weights, where stated.</summary>
    public ComputeType? DType { get; init; }

    /// <summary>Tokens that end a completion.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Reads a config.json.</summary>
    /// <param name="source">What errors call the checkpoint.</param>
    /// <param name="json">The file's content.</param>
    /// <exception cref="CheckpointException">It is damaged or describes an unsupported model.</exception>
    public static ModelConfig FromJson(string source, ReadOnlyMemory<byte> json) => ModelConfigReader.Read(source, json);
}
