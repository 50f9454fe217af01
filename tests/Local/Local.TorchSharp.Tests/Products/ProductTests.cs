using static TorchSharp.torch.nn.functional;

namespace Local.TorchSharp.Tests.Products;

public sealed class ProductTests
{
    public static TheoryData<ScalarType, double> Types => new()
    {
        { ScalarType.Float32, 1e-6 },
        { ScalarType.BFloat16, 4e-3 },
        { ScalarType.Float16, 5e-4 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Linear_OfAnyShape_IsTheExactProductRounded(ScalarType type, double relative)
    {
        foreach (var (rows, columns, depth) in new[] { (1L, 1L, 1L), (1, 4, 32), (3, 7, 31), (5, 64, 33), (66, 70, 2049), (129, 3, 64), (2, 300, 96) })
        {
            using var scope = NewDisposeScope();
            var x = TestTensors.Normal(rows, type, rows, depth);
            var w = TestTensors.Normal(columns, type, columns, depth);
            var exact = x.to(ScalarType.Float64).unsqueeze(1).mul(w.to(ScalarType.Float64)).sum(-1);
            var magnitude = x.to(ScalarType.Float64).abs().unsqueeze(1).mul(w.to(ScalarType.Float64).abs()).sum(-1);
            var error = linear(x, w).to(ScalarType.Float64).sub(exact).abs().sub(exact.abs().mul(relative)).div(magnitude);
            Assert.True(
                error.max().ToDouble() < 1e-6, $"{rows}x{columns}x{depth}: off by {error.max().ToDouble()} of the summands' magnitude");
        }
    }

    [Fact]
    public void Linear_OverMatricesOfNoRows_IsEmpty()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 4], linear(zeros(0, 8), zeros(4, 8)).shape);
        Assert.Equal([2, 0], zeros(2, 8).matmul(zeros(8, 0)).shape);
    }

    [Fact]
    public void Matmul_OverNoDepth_IsZero()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0f, 0f], ones(1, 0).matmul(ones(0, 2)).data<float>().ToArray());
    }

    [Fact]
    public void Matmul_OfVectors_DropsTheirDimensions()
    {
        using var scope = NewDisposeScope();
        var (matrix, vector) = (arange(6, dtype: float32).view(2, 3), tensor(new float[] { 1, 2, 3 }));
        Assert.Equal([8f, 26f], matrix.matmul(vector).data<float>().ToArray());
        Assert.Equal([14f], vector.matmul(vector).data<float>().ToArray());
        Assert.Empty(vector.matmul(vector).shape);
        Assert.Equal([8f, 26f], vector.matmul(matrix.t()).data<float>().ToArray());
    }

    [Fact]
    public void Linear_WithInfinityBesideThePadding_KeepsOtherRowsFinite()
    {
        // The row after the last block of a weight row must not leak into it.
        using var scope = NewDisposeScope();
        var w = ones(2, 33);
        w[1] = tensor(float.PositiveInfinity);
        var y = linear(ones(1, 33), w);
        Assert.Equal([33f, float.PositiveInfinity], y.data<float>().ToArray());
    }

    [Fact]
    public void Linear_WithMismatchedShapesOrTypes_SaysSo()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("shapes cannot be multiplied", Assert.ThrowsAny<Exception>(() => linear(ones(2, 3), ones(2, 4))).Message);
        Assert.Contains("same dtype", Assert.ThrowsAny<Exception>(() => linear(ones(2, 3), ones(2, 3).bfloat16())).Message);
    }

    [Fact]
    public void Addmm_AndRelatives_CombineAsDocumented()
    {
        using var scope = NewDisposeScope();
        var (a, b, c) = (arange(6, dtype: float32).view(2, 3), arange(6, dtype: float32).view(3, 2), ones(2, 2));
        var product = a.mm(b);
        Assert.True(c.addmm(a, b, 3, 2).allclose(product * 2 + 3));
        Assert.True(a[0].outer(b.select(1, 0)).allclose(a[0].unsqueeze(1).matmul(b.select(1, 0).unsqueeze(0))));
    }
}
