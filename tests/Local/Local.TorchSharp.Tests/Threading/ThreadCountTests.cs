using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Threading;

[Collection(nameof(ThreadCountTests))]
[CollectionDefinition(nameof(ThreadCountTests), DisableParallelization = true)]
public sealed class ThreadCountTests
{
    [Fact]
    public void Operations_OnAnyNumberOfThreads_GiveTheSameBits()
    {
        using var scope = NewDisposeScope();
        var x = TestTensors.Normal(1, ScalarType.BFloat16, 130, 600);
        var w = TestTensors.Normal(2, ScalarType.BFloat16, 500, 600);
        var heads = TestTensors.Normal(3, ScalarType.BFloat16, 6, 130, 64);
        Func<Tensor>[] operations =
        [
            () => linear(x, w),
            () => linear(x.narrow(0, 0, 1), w),
            () => x.matmul(w.t().contiguous()),
            () => scaled_dot_product_attention(heads, heads, heads, is_casual: true),
            () => x.softmax(-1),
            () => x.mul(x).mean([-1]),
            () => silu(x).mul_(x),
            () => x.argmax(-1),
            () => x.sort(-1).Values,
            () => x.index_select(0, arange(129, -1, -1)),
            () => cat([x, x], 1),
        ];
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var alone = operations.Select(operation => operation()).ToArray();
            foreach (var count in new[] { 2, 3, 7 })
            {
                set_num_threads(count);
                for (var i = 0; i < operations.Length; i++) TestTensors.AssertSameBits(alone[i], operations[i]());
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public async Task Operations_FromManyThreadsAtOnce_DoNotDisturbOneAnother()
    {
        using var scope = NewDisposeScope();
        var x = TestTensors.Normal(4, ScalarType.BFloat16, 40, 300);
        var w = TestTensors.Normal(5, ScalarType.BFloat16, 400, 300);
        var expected = linear(x, w).contiguous().bytes.ToArray();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                using var inner = NewDisposeScope();
                Assert.True(linear(x, w).bytes.SequenceEqual(expected));
            }
        })));
    }

    [Fact]
    public void Attention_OverManySplits_IsTheSameForAnyNumberOfThreadsAndAloneToTheBit()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (
            TestTensors.Normal(31, ScalarType.Float32, 5, 1, 3, 32), TestTensors.Normal(32, ScalarType.Float32, 5, 1, 5_000, 32),
            TestTensors.Normal(33, ScalarType.Float32, 5, 1, 5_000, 32));
        var threads = get_num_threads();
        try
        {
            var all = scaled_dot_product_attention(q, k, v);
            foreach (var count in (int[])[1, 2, 7])
            {
                set_num_threads(count);
                TestTensors.AssertSameBits(all, scaled_dot_product_attention(q, k, v));
                for (var i = 0; i < 5; i++) TestTensors.AssertSameBits(all[i], scaled_dot_product_attention(q[i], k[i], v[i]));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
