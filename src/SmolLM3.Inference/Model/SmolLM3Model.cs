using SmolLM3.Inference.Rope;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Model;

/// <summary>
/// SmolLM3's forward pass over one step's rows. Linear layers run once for the whole batch; attention runs sequence by sequence over
/// each one's own KV cache. No row's arithmetic depends on another row.
/// </summary>
internal sealed class SmolLM3Model : IDisposable
{
    /// <summary>Rows that go through the MLP at once: bounds its memory, whatever the step's size.</summary>
    private const int MlpRows = 1024;

    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly RopeFrequencies _rope;
    private readonly HeadLayout _heads;
    private readonly Attention _attention;

    public SmolLM3Model(ModelConfig config, ModelWeights weights, IReadOnlyList<RopeTable> ropeTables)
    {
        _config = config;
        _weights = weights;
        _rope = new(ropeTables, weights.Device);
        _heads = new(config);
        _attention = new(_heads);
    }

    public ScalarType DType => _weights.DType;

    public Device Device => _weights.Device;

    /// <summary>
    /// Appends the rows to their chains; the logits that the runs ask for as [count, vocabulary] in float32, or null where they ask for
    /// none.
    /// </summary>
    public Tensor? Forward(IReadOnlyList<StepRun> runs)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var inputs = new StepInputs(runs, _heads, _rope, DType, Device);
        var hidden = _weights.Embedding.index_select(0, inputs.TokenIds);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            using var layerScope = NewDisposeScope();
            var attended = hidden.add(SelfAttention(RmsNorm(hidden, _weights.Layers[layer].InputNorm), layer, inputs));
            layerScope.MoveToOuter(attended);
            hidden.Dispose();
            hidden = attended;
            AddMlp(hidden, _weights.Layers[layer]);
        }
        foreach (var run in runs)
            run.Chain.Tail!.Length += run.Rows;
        if (!inputs.HasLogits)
            return null;
        var selected = inputs.LogitRows is { } rows ? hidden.index_select(0, rows) : hidden;
        var logits = linear(RmsNorm(selected, _weights.Norm), _weights.Head).to(ScalarType.Float32);
        return scope.MoveToOuter(logits);
    }

    private Tensor SelfAttention(Tensor normed, int layer, StepInputs inputs)
    {
        var (heads, keyHeads, size) = (_config.AttentionHeads, _config.KeyValueHeads, _config.HeadSize);
        var projected = linear(normed, _weights.Layers[layer].QueryKeyValue).view(-1, heads + 2 * keyHeads, size);
        var queriesAndKeys = projected.narrow(1, 0, heads + keyHeads);
        if (_config.RopeLayers[layer])
            queriesAndKeys = Rotate(queriesAndKeys, inputs.Cos, inputs.Sin);
        var attended = _attention.Attend(
            layer,
            queriesAndKeys.narrow(1, 0, heads),
            queriesAndKeys.narrow(1, heads, keyHeads),
            projected.narrow(1, heads + keyHeads, keyHeads),
            inputs.Attention);
        return linear(attended, _weights.Layers[layer].Output);
    }

    /// <summary>x · cos + (−second half, first half) · sin; the sign is in <paramref name="sin"/>.</summary>
    private static Tensor Rotate(Tensor heads, Tensor cos, Tensor sin)
    {
        var half = heads.shape[2] / 2;
        var swapped = cat([heads.narrow(2, half, half), heads.narrow(2, 0, half)], 2);
        return heads.mul(cos).add_(swapped.mul_(sin));
    }

    private void AddMlp(Tensor hidden, LayerWeights layer)
    {
        var rows = hidden.shape[0];
        for (long first = 0; first < rows; first += MlpRows)
        {
            using var scope = NewDisposeScope();
            var part = hidden.narrow(0, first, Math.Min(MlpRows, rows - first));
            var gateUp = linear(RmsNorm(part, layer.PostAttentionNorm), layer.GateUp);
            var gate = gateUp.narrow(1, 0, _config.IntermediateSize);
            var up = gateUp.narrow(1, _config.IntermediateSize, _config.IntermediateSize);
            part.add_(linear(silu(gate).mul_(up), layer.Down));
        }
    }

    /// <summary>In float32 whatever the type of the input, as the hub's code has it.</summary>
    private Tensor RmsNorm(Tensor input, Tensor weight)
    {
        var wide = input.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add_(_config.RmsNormEpsilon).rsqrt_();
        return wide.mul(scale).to(input.dtype).mul_(weight);
    }

    public void Dispose()
    {
        _rope.Dispose();
        _weights.Dispose();
    }
}
