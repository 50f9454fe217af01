namespace Local.TorchSharp.Tests;

/// <summary>Seeded tensors and bitwise comparison.</summary>
internal static class TestTensors
{
    public static Tensor Normal(long seed, ScalarType type, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, generator: generator).to(type);
    }

    public static void AssertSameBits(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.contiguous().bytes.SequenceEqual(actual.contiguous().bytes), "The tensors differ in some bits.");
    }
}
