using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Rope;

/// <summary>The tables of every kind on the device, and the rotations of a step's rows, each row by its own kind.</summary>
internal sealed class RopeFrequencies : IDisposable
{
    private readonly Tensor _inverseFrequencies;
    private readonly Tensor _attentionScalings;

    public RopeFrequencies(IReadOnlyList<RopeTable> tables, Device device)
    {
        var pairs = tables[0].InverseFrequencies.Length;
        using var flat = tensor(tables.SelectMany(table => table.InverseFrequencies).ToArray(), device: device);
        _inverseFrequencies = flat.view(tables.Count, pairs).DetachFromDisposeScope();
        using var scalings = tensor(tables.Select(table => (float)table.AttentionScaling).ToArray(), device: device);
        _attentionScalings = scalings.view(tables.Count, 1).DetachFromDisposeScope();
    }

    /// <summary>Cos, and sin with its first half negated, as [rows, 1, head size].</summary>
    /// <param name="positions">[rows], int64.</param>
    /// <param name="kinds">Index of each row's table: [rows], int64.</param>
    /// <param name="dtype">Of the result.</param>
    public (Tensor Cos, Tensor Sin) Rotations(Tensor positions, Tensor kinds, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var angles = positions.to(ScalarType.Float32).unsqueeze(1).mul(_inverseFrequencies.index_select(0, kinds));
        var scaling = _attentionScalings.index_select(0, kinds);
        var cos = angles.cos().mul_(scaling);
        var sin = angles.sin().mul_(scaling);
        return scope.MoveToOuter(
            cat([cos, cos], -1).unsqueeze(1).to(dtype),
            cat([sin.neg(), sin], -1).unsqueeze(1).to(dtype));
    }

    public void Dispose()
    {
        _inverseFrequencies.Dispose();
        _attentionScalings.Dispose();
    }
}
