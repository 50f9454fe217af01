using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>All weights of a model, on its device and in its compute type.</summary>
internal sealed class ModelWeights : IDisposable
{
    private readonly ModelConfig _config;

    private ModelWeights(ModelConfig config, Tensor embedding, LayerWeights[] layers, Tensor norm, Tensor head)
        => (_config, Embedding, Layers, Norm, Head) = (config, embedding, layers, norm, head);

    public Tensor Embedding { get; }

    public IReadOnlyList<LayerWeights> Layers { get; }

    public Tensor Norm { get; }

    /// <summary>The embedding itself where they are tied.</summary>
    public Tensor Head { get; }

    public ScalarType DType => Embedding.dtype;

    public Device Device => Embedding.device;

    public long ByteLength => Slots().Select(slot => slot.Target).Distinct().Sum(tensor => tensor.NumberOfElements * tensor.ElementSize);

    /// <summary>Uninitialised weights. Must be called outside any dispose scope.</summary>
    public static ModelWeights Allocate(ModelConfig config, ScalarType dtype, Device device)
    {
        Tensor New(params long[] shape) => empty(shape, dtype: dtype, device: device);

        var (hidden, heads) = (config.HiddenSize, config.AttentionHeads * config.HeadSize);
        var embedding = New(config.VocabularySize, hidden);
        var layers = new LayerWeights[config.Layers];
        for (var i = 0; i < layers.Length; i++)
            layers[i] = new(
                InputNorm: New(hidden),
                QueryKeyValue: New(heads + 2 * config.KeyValueHeads * config.HeadSize, hidden),
                Output: New(hidden, heads),
                PostAttentionNorm: New(hidden),
                GateUp: New(2 * config.IntermediateSize, hidden),
                Down: New(hidden, config.IntermediateSize));
        return new(config, embedding, layers, New(hidden), config.TieWordEmbeddings ? embedding : New(config.VocabularySize, hidden));
    }

    /// <summary>The names that the hub gives to the weights, and their shapes.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(ModelConfig config)
    {
        long hidden = config.HiddenSize, heads = config.AttentionHeads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        for (var i = 0; i < config.Layers; i++)
        {
            yield return ($"model.layers.{i}.input_layernorm.weight", [hidden]);
            yield return ($"model.layers.{i}.self_attn.q_proj.weight", [heads, hidden]);
            yield return ($"model.layers.{i}.self_attn.k_proj.weight", [keys, hidden]);
            yield return ($"model.layers.{i}.self_attn.v_proj.weight", [keys, hidden]);
            yield return ($"model.layers.{i}.self_attn.o_proj.weight", [hidden, heads]);
            yield return ($"model.layers.{i}.post_attention_layernorm.weight", [hidden]);
            yield return ($"model.layers.{i}.mlp.gate_proj.weight", [config.IntermediateSize, hidden]);
            yield return ($"model.layers.{i}.mlp.up_proj.weight", [config.IntermediateSize, hidden]);
            yield return ($"model.layers.{i}.mlp.down_proj.weight", [hidden, config.IntermediateSize]);
        }
        yield return ("model.norm.weight", [hidden]);
        if (!config.TieWordEmbeddings)
            yield return ("lm_head.weight", [config.VocabularySize, hidden]);
    }

    /// <summary>Where each of <see cref="Shapes"/> goes.</summary>
    public IEnumerable<WeightSlot> Slots()
    {
        long heads = _config.AttentionHeads * _config.HeadSize, keys = _config.KeyValueHeads * _config.HeadSize;
        yield return new("model.embed_tokens.weight", Embedding, 0);
        for (var i = 0; i < Layers.Count; i++)
        {
            var layer = Layers[i];
            yield return new($"model.layers.{i}.input_layernorm.weight", layer.InputNorm, 0);
            yield return new($"model.layers.{i}.self_attn.q_proj.weight", layer.QueryKeyValue, 0);
            yield return new($"model.layers.{i}.self_attn.k_proj.weight", layer.QueryKeyValue, heads);
            yield return new($"model.layers.{i}.self_attn.v_proj.weight", layer.QueryKeyValue, heads + keys);
            yield return new($"model.layers.{i}.self_attn.o_proj.weight", layer.Output, 0);
            yield return new($"model.layers.{i}.post_attention_layernorm.weight", layer.PostAttentionNorm, 0);
            yield return new($"model.layers.{i}.mlp.gate_proj.weight", layer.GateUp, 0);
            yield return new($"model.layers.{i}.mlp.up_proj.weight", layer.GateUp, _config.IntermediateSize);
            yield return new($"model.layers.{i}.mlp.down_proj.weight", layer.Down, 0);
        }
        yield return new("model.norm.weight", Norm, 0);
        if (!_config.TieWordEmbeddings)
            yield return new("lm_head.weight", Head, 0);
    }

    public void Dispose()
    {
        Embedding.Dispose();
        foreach (var layer in Layers)
            layer.Dispose();
        Norm.Dispose();
        Head.Dispose();
    }
}
