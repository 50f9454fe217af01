using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Products;

public sealed class AttentionTests
{
    public static TheoryData<ScalarType, long> Sizes => new()
    {
        { ScalarType.BFloat16, 128 },
        { ScalarType.BFloat16, 64 },
        { ScalarType.BFloat16, 16 },
        { ScalarType.BFloat16, 40 },
        { ScalarType.Float16, 64 },
        { ScalarType.Float32, 96 },
        { ScalarType.Float32, 32 },
        { ScalarType.BFloat16, 32 },
        { ScalarType.Float16, 24 },
        { ScalarType.Float32, 8 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Prefill_OfAWholePrompt_EqualsStepByStepToTheBit(ScalarType type, long size)
    {
        const int length = 150;
        using var scope = NewDisposeScope();
        var (q, k, v) = Random(type, keyHeads: 2, group: 3, length, length, size);
        var whole = scaled_dot_product_attention(q, k, v, is_casual: true);
        for (var i = 0; i < length; i++)
        {
            using var inner = NewDisposeScope();

            // One position: a group's queries take the place of positions.
            var step = scaled_dot_product_attention(
                q.select(2, i), k.select(1, 0).narrow(1, 0, i + 1), v.select(1, 0).narrow(1, 0, i + 1));
            TestTensors.AssertSameBits(whole.select(2, i), step);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Prefill_InChunksUnderAMask_EqualsTheWholeToTheBit(ScalarType type, long size)
    {
        const int length = 150;
        using var scope = NewDisposeScope();
        var (q, k, v) = Random(type, keyHeads: 2, group: 2, length, length, size);
        var whole = scaled_dot_product_attention(q, k, v, is_casual: true);
        foreach (var (first, rows) in new[] { (1, 1), (7, 60), (64, 64), (100, 50), (149, 1) })
        {
            var past = first + rows;
            var mask = ones([rows, past], dtype: ScalarType.Bool).tril(first);
            var chunk = scaled_dot_product_attention(q.narrow(2, first, rows), k.narrow(2, 0, past), v.narrow(2, 0, past), attn_mask: mask);
            TestTensors.AssertSameBits(whole.narrow(2, first, rows), chunk);
        }
    }

    /// <summary>Long enough that keys are split, and that threads share the splits of a step but not of a prompt.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16, 64)]
    [InlineData(ScalarType.Float32, 32)]
    public void Prefill_OverManySplits_EqualsStepsToTheBit(ScalarType type, long size)
    {
        const int length = 2_200;
        using var scope = NewDisposeScope();
        var (q, k, v) = Random(type, keyHeads: 2, group: 3, length, length, size);
        var whole = scaled_dot_product_attention(q, k, v, is_casual: true);
        foreach (var i in (int[])[0, 1_022, 1_023, 1_024, 1_025, 2_046, 2_047, 2_048, 2_199])
        {
            using var inner = NewDisposeScope();
            var step = scaled_dot_product_attention(q.select(2, i), k.select(1, 0).narrow(1, 0, i + 1), v.select(1, 0).narrow(1, 0, i + 1));
            TestTensors.AssertSameBits(whole.select(2, i), step);
            var mask = ones([i + 1, i + 1], dtype: ScalarType.Bool).tril().narrow(0, i / 2, i + 1 - i / 2);
            var chunk = scaled_dot_product_attention(
                q.narrow(2, i / 2, i + 1 - i / 2), k.narrow(2, 0, i + 1), v.narrow(2, 0, i + 1), attn_mask: mask);
            TestTensors.AssertSameBits(whole.narrow(2, i / 2, i + 1 - i / 2), chunk);
        }
    }

    /// <summary>Splits in which a row sees nothing, first, between and last.</summary>
    [Fact]
    public void Attention_UnderAMaskWithHoles_IsTheWeightedMean()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (
            TestTensors.Normal(41, ScalarType.Float32, 12, 32), TestTensors.Normal(42, ScalarType.Float32, 5_000, 32),
            TestTensors.Normal(43, ScalarType.Float32, 5_000, 32));
        var mask = zeros([12, 5_000], dtype: ScalarType.Bool);
        foreach (var (row, first, count) in ((int, int, int)[])[(0, 0, 5_000), (1, 4_999, 1), (2, 1_024, 64), (3, 2_000, 2_500), (4, 64, 1), (5, 3_072, 1_024), (7, 0, 1)])
            mask[row].narrow(0, first, count).fill_(true);
        var weights = q.matmul(k.t()).div(Math.Sqrt(32)).masked_fill(mask.logical_not(), double.NegativeInfinity).softmax(-1);
        var expected = weights.matmul(v);
        var actual = scaled_dot_product_attention(q, k, v, attn_mask: mask);
        foreach (var row in (int[])[0, 1, 2, 3, 4, 5, 7]) Assert.True(actual[row].allclose(expected[row], 1e-5, 1e-6), $"row {row}");
        Assert.All(actual[6].data<float>(), value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Attention_OfOneBatchEntry_IsTheSameAloneToTheBit()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (
            TestTensors.Normal(1, ScalarType.BFloat16, 5, 4, 9, 64), TestTensors.Normal(2, ScalarType.BFloat16, 5, 4, 77, 64),
            TestTensors.Normal(3, ScalarType.BFloat16, 5, 4, 77, 64));
        var all = scaled_dot_product_attention(q, k, v);
        for (var i = 0; i < 5; i++)
        {
            TestTensors.AssertSameBits(all[i], scaled_dot_product_attention(q[i], k[i], v[i]));
        }
    }

    [Fact]
    public void Attention_OverStridedCaches_EqualsDenseToTheBit()
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (
            TestTensors.Normal(4, ScalarType.BFloat16, 2, 6, 64), TestTensors.Normal(5, ScalarType.BFloat16, 2, 70, 64),
            TestTensors.Normal(6, ScalarType.BFloat16, 2, 70, 64));
        var dense = scaled_dot_product_attention(q, k, v);
        var room = empty([2, 100, 64], dtype: ScalarType.BFloat16);
        var cache = room.narrow(1, 0, 70);
        cache.copy_(k);
        TestTensors.AssertSameBits(dense, scaled_dot_product_attention(q, cache, v));
        TestTensors.AssertSameBits(dense, scaled_dot_product_attention(Views.Strided(q), Views.Strided(k), Views.Strided(v)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Attention_OverAnyNumberOfKeys_IsTheWeightedMean(long keys)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (
            TestTensors.Normal(7, ScalarType.Float32, 3, 5, 32), TestTensors.Normal(8, ScalarType.Float32, 3, keys, 32),
            TestTensors.Normal(9, ScalarType.Float32, 3, keys, 32));
        var weights = q.matmul(k.transpose(1, 2)).div(Math.Sqrt(32)).softmax(-1);
        Assert.True(scaled_dot_product_attention(q, k, v).allclose(weights.matmul(v), 1e-5, 1e-6));
    }

    [Fact]
    public void Attention_OfRowsThatSeeNothing_IsZero()
    {
        using var scope = NewDisposeScope();
        var (q, k) = (TestTensors.Normal(10, ScalarType.Float32, 2, 8), TestTensors.Normal(11, ScalarType.Float32, 5, 8));
        var mask = zeros([2, 5], dtype: ScalarType.Bool);
        mask[1] = ones(5, dtype: ScalarType.Bool);
        var result = scaled_dot_product_attention(q, k, k, attn_mask: mask);
        Assert.All(result[0].data<float>(), value => Assert.Equal(0f, value));
        Assert.All(result[1].data<float>(), value => Assert.NotEqual(0f, value));
    }

    [Fact]
    public void Attention_WithLargeScores_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var q = full([1, 32], 1e4f);
        var k = cat([full([70, 32], -1e4f), full([1, 32], 1e4f)]);
        var v = arange(71, dtype: float32).view(71, 1).expand(71, 32);
        Assert.All(scaled_dot_product_attention(q, k, v).data<float>(), value => Assert.Equal(70f, value));
    }

    [Fact]
    public void Attention_WithBothMaskAndCausality_Throws()
    {
        using var scope = NewDisposeScope();
        var x = zeros(1, 2, 8);
        Assert.Throws<ArgumentException>(
            () => scaled_dot_product_attention(x, x, x, attn_mask: ones([2, 2], dtype: ScalarType.Bool), is_casual: true));
        Assert.Throws<ArgumentException>(() => scaled_dot_product_attention(x, x, x, p: -1));
    }

    [Fact]
    public void Attention_WithDropout_IsNotSupportedByThisBuild()
    {
        using var scope = NewDisposeScope();
        var x = zeros(1, 2, 8);
        Assert.Throws<NotSupportedException>(() => scaled_dot_product_attention(x, x, x, p: 0.5));
    }

    private static (Tensor Query, Tensor Key, Tensor Value) Random(
        ScalarType type, long keyHeads, long group, long length, long keys, long size)
    {
        Tensor Shared(long seed) => TestTensors.Normal(seed, type, keyHeads, keys, size).unsqueeze(1).expand(keyHeads, group, keys, size);
        return (TestTensors.Normal(21, type, keyHeads, group, length, size), Shared(22), Shared(23));
    }
}
