using System.IO.Hashing;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class NonCryptographicHashAlgorithmTests
{
    [Fact]
    public async Task Append_OfAnyKind_SeesTheSameBytes()
    {
        var sum = new Sum();
        sum.Append([1, 2]);
        sum.Append(new ReadOnlySpan<byte>([3]));
        sum.Append(new MemoryStream(Enumerable.Repeat((byte)1, 10_000).ToArray()));
        await sum.AppendAsync(new MemoryStream(new byte[] { 4 }), TestContext.Current.CancellationToken);

        Assert.Equal(BitConverter.GetBytes(10_010), sum.GetCurrentHash());
        Assert.Equal(BitConverter.GetBytes(10_010), sum.GetHashAndReset());
        Assert.Equal(new byte[4], sum.GetCurrentHash());
    }

    [Fact]
    public void GetCurrentHash_ShortDestination_SaysSo()
    {
        var sum = new Sum();

        Assert.False(sum.TryGetCurrentHash(new byte[3], out int written));
        Assert.Equal(0, written);
        Assert.False(sum.TryGetHashAndReset(new byte[3], out _));
        Assert.Throws<ArgumentException>("destination", () => sum.GetCurrentHash(new byte[3]));
        Assert.Throws<ArgumentException>("destination", () => sum.GetHashAndReset(new byte[3]));
        Assert.Equal(4, sum.GetCurrentHash(new byte[9]));
        Assert.Equal(4, sum.HashLengthInBytes);
    }

    [Fact]
    public void Constructor_NoLength_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Sum(0));

    private sealed class Sum(int length = 4) : NonCryptographicHashAlgorithm(length)
    {
        private int _sum;

        public override void Append(ReadOnlySpan<byte> source)
        {
            foreach (byte value in source)
                _sum += value;
        }

        public override void Reset() => _sum = 0;

        protected override void GetCurrentHashCore(Span<byte> destination) => BitConverter.TryWriteBytes(destination, _sum);
    }
}
