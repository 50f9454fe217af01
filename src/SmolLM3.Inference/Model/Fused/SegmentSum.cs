using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Puts together what rows attended to in parts: each part weighs as the sum of its scores' exponentials.</summary>
/// <param name="FirstRow">In the step.</param>
/// <param name="Rows">Side by side.</param>
/// <param name="Places">Of each row's parts among the results: [rows · parts].</param>
/// <param name="Bias">0 where there is a part, -∞ where a row has fewer than others: [rows, parts, 1].</param>
internal sealed record SegmentSum(int FirstRow, int Rows, Tensor Places, Tensor Bias)
{
    /// <param name="attended">[results, heads, size].</param>
    /// <param name="logSumExp">In float32: [results, heads].</param>
    /// <returns>In float32: [rows, heads · size].</returns>
    public Tensor Of(Tensor attended, Tensor logSumExp)
    {
        var (parts, heads, size) = (Bias.shape[1], attended.shape[1], attended.shape[2]);
        var weights = logSumExp.index_select(0, Places).view(Rows, parts, heads).add(Bias).softmax(1);
        return attended.index_select(0, Places).view(Rows, parts, heads, size).mul(weights.unsqueeze(3)).sum(1).view(Rows, heads * size);
    }
}
