using SmolLM3.Local.BlobServer.Protocol;

namespace SmolLM3.Local.BlobServer.Tests;

public sealed class StorageCrc64Tests
{
    /// <summary>The check value that catalogues give for CRC-64/NVME, which is this polynomial with these inversions.</summary>
    [Fact]
    public void Hash_OfTheCheckString_IsTheCataloguedOne()
    {
        var crc = new StorageCrc64();
        crc.Append("123456789"u8);
        Assert.Equal(0xAE8B14860A799888, BitConverter.ToUInt64(crc.Hash));
    }

    [Fact]
    public void Hash_HoweverTheBytesAreCut_IsTheSame()
    {
        var random = new Random(5);
        var bytes = new byte[1000];
        random.NextBytes(bytes);
        var whole = new StorageCrc64();
        whole.Append(bytes);
        for (int round = 0; round < 50; round++)
        {
            var parts = new StorageCrc64();
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(random.Next(1, 30), bytes.Length - at);
                parts.Append(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(whole.Hash, parts.Hash);
        }
    }
}
