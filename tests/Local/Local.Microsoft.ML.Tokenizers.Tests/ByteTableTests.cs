using Microsoft.ML.Tokenizers;

namespace Local.Microsoft.ML.Tokenizers.Tests;

public sealed class ByteTableTests
{
    [Fact]
    public void TryGet_RandomTokens_FindsThoseThatWereSetAndNoOthers()
    {
        var random = new Random(5);
        var expected = new Dictionary<string, int>();
        var table = new ByteTable();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] token = new byte[random.Next(1, 20)];
            for (int j = 0; j < token.Length; j++)
                token[j] = (byte)random.Next(4);
            table.Set(token, i);
            expected[Convert.ToHexString(token)] = i;
        }

        Assert.Equal(expected.Count, table.Count);
        for (int i = 0; i < 40_000; i++)
        {
            byte[] token = new byte[random.Next(1, 20)];
            for (int j = 0; j < token.Length; j++)
                token[j] = (byte)random.Next(4);
            bool known = expected.TryGetValue(Convert.ToHexString(token), out int rank);
            Assert.Equal(known, table.TryGet(token, out int found));
            if (known)
                Assert.Equal(rank, found);
        }
    }
}
