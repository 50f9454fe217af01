using static TorchSharp.torch;

namespace SmolLM3.Inference.Model;

/// <summary>
/// One layer's weights. Query, key and value projections are one matrix, gate and up projections another: fewer and larger products.
/// </summary>
internal sealed record LayerWeights(
    Tensor InputNorm,
    Tensor QueryKeyValue,
    Tensor Output,
    Tensor PostAttentionNorm,
    Tensor GateUp,
    Tensor Down) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[InputNorm, QueryKeyValue, Output, PostAttentionNorm, GateUp, Down])
            tensor.Dispose();
    }
}
