using SmolLM3.Inference.Model;

namespace SmolLM3.Inference.Benchmarking;

/// <summary>What a model's forward pass takes at least: operations of prefill, bytes of decode.</summary>
internal sealed class ModelWork
{
    private readonly ModelConfig _config;
    private readonly long _elementSize;
    private readonly long _layerParameters;
    private readonly long _headParameters;

    public ModelWork(ModelConfig config, long elementSize)
    {
        (_config, _elementSize) = (config, elementSize);
        var shapes = ModelWeights.Shapes(config).ToList();
        Parameters = shapes.Sum(weight => Elements(weight.Shape));
        _layerParameters = shapes.Where(weight => weight.Name.Contains(".layers.")).Sum(weight => Elements(weight.Shape));
        _headParameters = (long)config.VocabularySize * config.HiddenSize;
    }

    public long Parameters { get; }

    public long WeightBytes => Parameters * _elementSize;

    public long KvBytesPerToken => 2L * _config.Layers * _config.KeyValueHeads * _config.HeadSize * _elementSize;

    /// <summary>Operations of a prompt up to its first token: matrices, causal attention, and the head once.</summary>
    public double PrefillFlops(int tokens)
        => 2.0 * tokens * _layerParameters
            + 4.0 * _config.Layers * _config.AttentionHeads * _config.HeadSize * tokens * (tokens + 1) / 2
            + 2.0 * _headParameters;

    /// <summary>Bytes that one decode step reads: the layers' weights and the head once, and every sequence's cache.</summary>
    public double DecodeBytes(int sequences, double meanLength)
        => (_layerParameters + _headParameters) * (double)_elementSize
            + sequences * meanLength * KvBytesPerToken;

    private static long Elements(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}
