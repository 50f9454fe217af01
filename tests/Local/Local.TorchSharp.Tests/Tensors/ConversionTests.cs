namespace Local.TorchSharp.Tests.Tensors;

/// <summary>Conversions of the 16-bit types over all of their 65,536 values.</summary>
public sealed class ConversionTests
{
    private static readonly ushort[] Patterns = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];

    private static readonly ScalarType[] Convertible =
    [
        ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Float64,
        ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Fact]
    public void BFloat16_EveryPattern_WidensExactlyAndComesBack()
    {
        using var scope = NewDisposeScope();
        var narrow = tensor(Patterns.Select(BFloat16.FromRawValue).ToArray());
        var wide = narrow.to(ScalarType.Float32);
        var values = wide.data<float>().ToArray();
        var back = wide.to(ScalarType.BFloat16).data<BFloat16>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal((uint)Patterns[i] << 16, BitConverter.SingleToUInt32Bits(values[i]));
            if (float.IsNaN(values[i])) Assert.True(BFloat16.IsNaN(back[i]));
            else Assert.Equal(Patterns[i], Bits(back[i]));
        }
    }

    [Fact]
    public void Half_EveryPattern_WidensExactlyAndComesBack()
    {
        using var scope = NewDisposeScope();
        var narrow = tensor(Patterns.Select(BitConverter.UInt16BitsToHalf).ToArray());
        var wide = narrow.to(ScalarType.Float32);
        var values = wide.data<float>().ToArray();
        var back = wide.to(ScalarType.Float16).data<Half>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(Patterns[i]);
            Assert.True(
                expected.Equals(values[i]) && float.IsNegative(expected) == float.IsNegative(values[i]),
                $"0x{Patterns[i]:X4} is {values[i]}, not {expected}");
            if (!float.IsNaN(expected)) Assert.Equal(Patterns[i], BitConverter.HalfToUInt16Bits(back[i]));
        }
    }

    [Fact]
    public void Single_BetweenNeighbours_RoundsToNearestEven()
    {
        // Just below, at and just above the middle between every two neighbours.
        using var scope = NewDisposeScope();
        var middles = new List<float>();
        for (uint bits = 0; bits < 0x7F80; bits += 3)
        {
            var middle = (bits << 16) | 0x8000u;
            middles.AddRange([BitConverter.UInt32BitsToSingle(middle - 1), BitConverter.UInt32BitsToSingle(middle), BitConverter.UInt32BitsToSingle(middle + 1)]);
        }

        var rounded = tensor(middles.ToArray()).to(ScalarType.BFloat16).data<BFloat16>().ToArray();
        for (var i = 0; i < rounded.Length; i += 3)
        {
            var below = (ushort)(BitConverter.SingleToUInt32Bits(middles[i]) >> 16);
            Assert.Equal(below, Bits(rounded[i]));
            Assert.Equal(below + (below & 1), Bits(rounded[i + 1]));
            Assert.Equal(below + 1, Bits(rounded[i + 2]));
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void To_BetweenAllTypes_KeepsSmallIntegers(ScalarType from)
    {
        using var scope = NewDisposeScope();
        var source = tensor(new long[] { 0, 1, 1, 0, 1 }).to(from);
        foreach (var to in Convertible)
        {
            Assert.Equal([0L, 1, 1, 0, 1], source.to(to).to(ScalarType.Int64).data<long>().ToArray());
        }
    }

    [Fact]
    public void To_SameType_SharesMemoryUnlessACopyIsAskedFor()
    {
        using var scope = NewDisposeScope();
        var source = zeros(3);
        source.to(ScalarType.Float32).fill_(1);
        source.to(ScalarType.Float32, copy: true).fill_(2);
        source.to(CPU).add_(1);
        Assert.Equal([2f, 2f, 2f], source.data<float>().ToArray());
    }

    [Fact]
    public void To_ADeviceThatIsNotThere_SaysWhatToDo()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<InvalidOperationException>(() => ones(1).cuda());
        Assert.Contains("did not initialise on the current machine", error.Message);
        Assert.ThrowsAny<Exception>(() => zeros(1, device: "cuda:0"));
        Assert.False(cuda.is_available());
        Assert.Equal(0, cuda.device_count());
    }

    private static ushort Bits(BFloat16 value) => (ushort)(BitConverter.SingleToUInt32Bits(value.ToSingle()) >> 16);
}
