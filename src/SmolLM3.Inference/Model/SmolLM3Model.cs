using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Model.Fused;
using SmolLM3.Inference.Rope;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Model;

/// <summary>
/// SmolLM3's forward pass over one step's rows. Linear layers run once for the whole batch; attention runs over each sequence's own KV
/// cache: sequence by sequence, or where there are fused kernels, many at once. On a CPU no row's arithmetic depends on another row.
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
    private readonly IFusedKernels? _fused;

    public SmolLM3Model(ModelConfig config, ModelWeights weights, IReadOnlyList<RopeTable> ropeTables, IFusedKernels? fused)
    {
        _config = config;
        _weights = weights;
        _rope = new(ropeTables, weights.Device);
        _heads = new(config);
        _fused = fused;
        _attention = new(_heads, fused is null ? null : new RaggedAttention(fused, _heads));
    }

    public ScalarType DType => _weights.DType;

    public Device Device => _weights.Device;

    /// <summary>Rows of a step must then be in the order of <see cref="RaggedPart"/>.</summary>
    public bool IsRagged => _fused is not null;

    /// <summary>Memory for a KV cache as this model reads it.</summary>
    public IKvStore NewStore(long tokens) => IsRagged
        ? new KvArena(_config, DType, Device, (int)Math.Min(tokens, int.MaxValue))
        : new SeparateSlabs(_config, DType, Device);

    /// <summary>
    /// Appends the rows to their chains; the logits that the runs ask for as [count, vocabulary] in float32, or null where they ask for
    /// none.
    /// </summary>
    public Tensor? Forward(IReadOnlyList<StepRun> runs)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var inputs = new StepInputs(runs, _heads, _rope, DType, Device, IsRagged);
        var hidden = _weights.Embedding.index_select(0, inputs.TokenIds);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            using var layerScope = NewDisposeScope();
            var attended = hidden.add(SelfAttention(hidden, layer, inputs));
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
        var logits = NormLinear(selected, _weights.Norm, _weights.Head).to(ScalarType.Float32);
        return scope.MoveToOuter(logits);
    }

    private Tensor SelfAttention(Tensor hidden, int layer, StepInputs inputs)
    {
        var (heads, keyHeads, size) = (_config.AttentionHeads, _config.KeyValueHeads, _config.HeadSize);
        var weights = _weights.Layers[layer];
        var projected = NormLinear(hidden, weights.InputNorm, weights.QueryKeyValue).view(-1, heads + 2 * keyHeads, size);
        var queriesAndKeys = projected.narrow(1, 0, heads + keyHeads);
        if (_config.RopeLayers[layer])
            queriesAndKeys = Rotate(queriesAndKeys, inputs.Cos, inputs.Sin);
        var attended = _attention.Attend(
            layer,
            queriesAndKeys.narrow(1, 0, heads),
            queriesAndKeys.narrow(1, heads, keyHeads),
            projected.narrow(1, heads + keyHeads, keyHeads),
            inputs.Attention);
        return linear(attended, weights.Output);
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
            var gateUp = NormLinear(part, layer.PostAttentionNorm, layer.GateUp);
            var gate = gateUp.narrow(1, 0, _config.IntermediateSize);
            var up = gateUp.narrow(1, _config.IntermediateSize, _config.IntermediateSize);
            part.add_(linear(silu(gate).mul_(up), layer.Down));
        }
    }

    private Tensor NormLinear(Tensor input, Tensor norm, Tensor weight)
        => _fused is { } fused ? fused.NormLinear(input, norm, weight) : linear(RmsNorm(input, norm), weight);

    /// <summary>In float32 whatever the type of the input, as the hub's code has it.</summary>
    private Tensor RmsNorm(Tensor input, Tensor weight)
    {
        var wide = input.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add_(_config.RmsNormEpsilon).rsqrt_();
        return wide.mul(scale).to(input.dtype).mul_(weight);
    }

    public void Dispose()
    {
        _fused?.Dispose();
        _rope.Dispose();
        _weights.Dispose();
    }
}
