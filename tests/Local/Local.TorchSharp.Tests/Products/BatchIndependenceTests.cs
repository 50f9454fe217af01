using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Products;

/// <summary>
/// A row's result is the same to the last bit whatever other rows are computed with it: sequences may join and leave a
/// batch without changing one another's tokens.
/// </summary>
public sealed class BatchIndependenceTests
{
    private const int MostRows = 40;

    public static TheoryData<ScalarType, long, long> Shapes => new()
    {
        { ScalarType.BFloat16, 96, 64 },
        { ScalarType.BFloat16, 130, 2080 },
        { ScalarType.BFloat16, 67, 1100 },
        { ScalarType.BFloat16, 5, 37 },
        { ScalarType.Float16, 70, 160 },
        { ScalarType.Float32, 70, 160 },
        { ScalarType.Float32, 33, 1057 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Linear_OfAnyNumberOfRows_GivesEachRowTheSameBits(ScalarType type, long columns, long depth)
    {
        using var scope = NewDisposeScope();
        var rows = TestTensors.Normal(1, type, MostRows, depth);
        var weight = TestTensors.Normal(2, type, columns, depth);
        var all = linear(rows, weight);
        for (var n = 1; n < MostRows; n++)
        {
            using var inner = NewDisposeScope();
            TestTensors.AssertSameBits(all.narrow(0, 0, n), linear(rows.narrow(0, 0, n), weight));
            TestTensors.AssertSameBits(all.narrow(0, MostRows - n, n), linear(rows.narrow(0, MostRows - n, n), weight));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public void Linear_OfManyRowBlocks_GivesEachRowTheSameBits(long count)
    {
        using var scope = NewDisposeScope();
        var rows = TestTensors.Normal(3, ScalarType.BFloat16, count, 1056);
        var weight = TestTensors.Normal(4, ScalarType.BFloat16, 72, 1056);
        var all = linear(rows, weight);
        for (var i = 0; i < count; i += 7) TestTensors.AssertSameBits(all.narrow(0, i, 1), linear(rows.narrow(0, i, 1), weight));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Matmul_OfAnyNumberOfRows_GivesEachRowTheSameBits(bool denseColumns)
    {
        using var scope = NewDisposeScope();
        var left = TestTensors.Normal(5, ScalarType.BFloat16, 3, MostRows, 150);
        var right = denseColumns
            ? TestTensors.Normal(6, ScalarType.BFloat16, 3, 90, 150).transpose(1, 2)
            : TestTensors.Normal(6, ScalarType.BFloat16, 3, 150, 90);
        var all = left.matmul(right);
        for (var n = 1; n < MostRows; n++)
        {
            using var inner = NewDisposeScope();
            TestTensors.AssertSameBits(all.narrow(1, MostRows - n, n), left.narrow(1, MostRows - n, n).matmul(right));
        }
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float32)]
    public void RowWiseOperations_OfAnyNumberOfRows_GiveEachRowTheSameBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var rows = TestTensors.Normal(7, type, MostRows, 1111);
        var weight = TestTensors.Normal(8, type, 1111);
        foreach (var operation in (Func<Tensor, Tensor>[])[x => RmsNorm(x, weight), x => x.softmax(-1), x => silu(x), x => x.log_softmax(-1), x => x.exp()])
        {
            var all = operation(rows);
            for (var n = 1; n < MostRows; n += 3)
            {
                using var inner = NewDisposeScope();
                TestTensors.AssertSameBits(all.narrow(0, 2, n), operation(rows.narrow(0, 2, n)));
                TestTensors.AssertSameBits(all.narrow(0, 2, n), operation(Views.Strided(rows.narrow(0, 2, n))));
            }
        }
    }

    private static Tensor RmsNorm(Tensor input, Tensor weight)
    {
        var wide = input.to(ScalarType.Float32);
        var scale = wide.mul(wide).mean([-1], keepdim: true).add_(1e-6).rsqrt_();
        return wide.mul(scale).to(input.dtype).mul_(weight);
    }
}
