using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.Model.Fused;

/// <summary>
/// libtorch's own fused kernels that TorchSharp has no method for, reached through TorchScript: RMSNorm in one kernel (libtorch 2.9 and
/// later), and FlashAttention-2 over sequences of unlike lengths (Ampere and later, 16-bit types).
/// </summary>
/// <remarks>
/// A script of single operations on purpose: chains of elementwise operations would be compiled by TorchScript's fuser while the engine
/// serves, and again for other shapes. Numbers are part of the text, since TorchSharp passes them as objects that may be collected while
/// the script reads them.
/// </remarks>
internal sealed class TorchScriptKernels : IFusedKernels
{
    private readonly jit.CompilationUnit _script;

    public TorchScriptKernels(ModelConfig config)
    {
        var epsilon = config.RmsNormEpsilon.ToString("0.0###############################", CultureInfo.InvariantCulture);
        var scale = (1 / Math.Sqrt(config.HeadSize)).ToString("R", CultureInfo.InvariantCulture);
        _script = jit.compile($"""
            def norm_linear(input, norm, weight):
                return torch.linear(torch.rms_norm(input, [{config.HiddenSize}], norm, {epsilon}), weight)

            def attend(queries, keys, values, query_starts, key_starts, lengths, most_queries: int, most_keys: int):
                return torch._flash_attention_forward(queries, keys, values, query_starts, key_starts, most_queries, most_keys, 0.0, True, False, scale={scale}, seqused_k=lengths)[0]

            def attend_rows(queries, keys, values, query_starts, key_starts, lengths, most_keys: int):
                result = torch._flash_attention_forward(queries, keys, values, query_starts, key_starts, 1, most_keys, 0.0, True, False, scale={scale}, seqused_k=lengths)
                return result[0], result[1]


            """);
    }

    public Tensor NormLinear(Tensor input, Tensor norm, Tensor weight) => (Tensor)_script.invoke("norm_linear", input, norm, weight);

    public Tensor Attend(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch) => (Tensor)_script.invoke(
        "attend", queries, keys, values, batch.QueryStarts, batch.KeyStarts, batch.Lengths, batch.MostQueries, batch.MostKeys);

    public (Tensor Attended, Tensor LogSumExp) AttendRows(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch)
    {
        var (attended, logSumExp) = ((Tensor, Tensor))_script.invoke(
            "attend_rows", queries, keys, values, batch.QueryStarts, batch.KeyStarts, batch.Lengths, batch.MostKeys);
        return (attended, PerQuery(logSumExp));
    }

    /// <summary>[heads, queries] of libtorch 2.7 and later, [queries, heads, 1] of those before, as [queries, heads].</summary>
    internal static Tensor PerQuery(Tensor logSumExp) => logSumExp.dim() == 2 ? logSumExp.transpose(0, 1) : logSumExp.squeeze(2);

    public void Dispose() => _script.Dispose();
}
