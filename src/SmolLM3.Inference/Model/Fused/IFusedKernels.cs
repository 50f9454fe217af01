using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>Kernels that do at once what takes many operations elsewhere: launches, not bytes, hold a GPU back at small batches.</summary>
internal interface IFusedKernels : IDisposable
{
    /// <summary>linear(RMSNorm(<paramref name="input"/>), <paramref name="weight"/>).</summary>
    /// <param name="input">[rows, features].</param>
    /// <param name="norm">RMSNorm's weight, [features].</param>
    /// <param name="weight">[outputs, features].</param>
    /// <returns>[rows, outputs].</returns>
    Tensor NormLinear(Tensor input, Tensor norm, Tensor weight);

    /// <summary>
    /// Grouped-query attention of many sequences, each over its own part of one KV cache; causal, the last query sees all keys.
    /// </summary>
    /// <param name="queries">[queries, heads, head size].</param>
    /// <param name="keys">[tokens, KV heads, head size].</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="batch">Which queries are a sequence's, and where its keys lie.</param>
    /// <returns>[queries, heads, head size].</returns>
    Tensor Attend(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch);

    /// <summary>As <see cref="Attend"/>, of sequences that have one query each.</summary>
    /// <returns>
    /// [queries, heads, head size], and in float32 the logarithm of the sum of the scores' exponentials, [queries, heads].
    /// </returns>
    (Tensor Attended, Tensor LogSumExp) AttendRows(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch);
}
