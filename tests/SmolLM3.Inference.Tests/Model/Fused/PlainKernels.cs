using SmolLM3.Inference.Model.Fused;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SmolLM3.Inference.Tests.Model.Fused;

/// <summary>
/// What fused kernels are to compute, by operations that every device has. Subclasses make the mistakes that a kernel may make.
/// </summary>
internal class PlainKernels : IFusedKernels
{
    public int Attentions { get; private set; }

    public int MostSequences { get; private set; }

    public virtual Tensor NormLinear(Tensor input, Tensor norm, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var wide = input.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add_(1e-6).rsqrt_();
        return scope.MoveToOuter(linear(wide.mul(scale).to(input.dtype).mul_(norm), weight));
    }

    public virtual Tensor Attend(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch)
    {
        using var scope = NewDisposeScope();
        var (ends, starts, lengths) = (batch.QueryStarts.data<int>(), batch.KeyStarts.data<int>(), batch.Lengths.data<int>());
        Assert.Equal(lengths.Count + 1, ends.Count);
        Assert.Equal(lengths.Count + 1, starts.Count);
        Assert.Equal(queries.shape[0], ends[(int)ends.Count - 1]);
        Attentions++;
        MostSequences = Math.Max(MostSequences, (int)lengths.Count);
        var results = new List<Tensor>();
        for (var i = 0; i < lengths.Count; i++)
        {
            var count = ends[i + 1] - ends[i];
            Assert.InRange(count, 1, batch.MostQueries);
            Assert.InRange(lengths[i], count, batch.MostKeys);
            results.Add(One(queries.narrow(0, ends[i], count), Of(keys, starts[i], lengths[i]), Of(values, starts[i], lengths[i])));
        }
        return scope.MoveToOuter(cat([.. results], 0));
    }

    public virtual (Tensor Attended, Tensor LogSumExp) AttendRows(Tensor queries, Tensor keys, Tensor values, RaggedBatch batch)
    {
        Assert.Equal(1, batch.MostQueries);
        using var scope = NewDisposeScope();
        var attended = Attend(queries, keys, values, batch);
        var sums = new List<Tensor>();
        for (var i = 0; i < queries.shape[0]; i++)
        {
            var (start, length) = (batch.KeyStarts.data<int>()[i], batch.Lengths.data<int>()[i]);
            var query = queries[i].view(keys.shape[1], -1, queries.shape[2]).to(ScalarType.Float32);
            var key = Of(keys, start, length).to(ScalarType.Float32).permute(1, 2, 0);
            sums.Add(query.matmul(key).mul(1 / Math.Sqrt(queries.shape[2])).logsumexp(-1).view(1, -1));
        }
        return scope.MoveToOuter(attended, cat([.. sums], 0));
    }

    public void Dispose()
    {
    }

    /// <summary>[queries, keys], true where a query sees a key.</summary>
    protected virtual Tensor Mask(long queries, long keys) => ones([queries, keys], dtype: ScalarType.Bool).tril(keys - queries);

    protected virtual Tensor Of(Tensor cache, int start, int length) => cache.narrow(0, start, length);

    private Tensor One(Tensor queries, Tensor keys, Tensor values)
    {
        var group = queries.shape[1] / keys.shape[1];
        var attended = scaled_dot_product_attention(
            queries.transpose(0, 1).unsqueeze(0), keys.transpose(0, 1).repeat_interleave(group, 0).unsqueeze(0),
            values.transpose(0, 1).repeat_interleave(group, 0).unsqueeze(0), attn_mask: Mask(queries.shape[0], keys.shape[0]));
        return attended.squeeze(0).transpose(0, 1);
    }
}
