using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Core.Tests.Jobs;

public class JobIdTests
{
    [Fact]
    public void Create_LaterTime_SortsLater()
    {
        var random = new Random(1);
        var entropy = new byte[JobId.EntropyBytes];
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var previous = "";
        for (var i = 0; i < 1000; i++)
        {
            random.NextBytes(entropy);
            var id = JobId.Create(start.AddMilliseconds(i * 37), entropy).ToString();
            Assert.Equal(26, id.Length);
            Assert.True(string.CompareOrdinal(previous, id) < 0, $"{previous} !< {id}");
            Assert.True(JobId.TryParse(id, out _));
            previous = id;
        }
    }

    [Fact]
    public void Create_OtherEntropy_IsAnotherId()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var entropy = new byte[JobId.EntropyBytes];
        var ids = new HashSet<JobId>();
        for (var bit = 0; bit < entropy.Length * 8; bit++)
        {
            Array.Clear(entropy);
            entropy[bit / 8] = (byte)(1 << (bit % 8));
            Assert.True(ids.Add(JobId.Create(now, entropy)), $"bit {bit} of the entropy is lost");
        }
    }

    [Fact]
    public void ForUpload_SameVersion_IsTheSameId()
    {
        Assert.Equal(JobId.ForUpload("summarize/a.pdf", "0x1"), JobId.ForUpload("summarize/a.pdf", "\"0x1\""));
        Assert.NotEqual(JobId.ForUpload("summarize/a.pdf", "0x1"), JobId.ForUpload("summarize/a.pdf", "0x2"));
        Assert.NotEqual(JobId.ForUpload("summarize/a.pdf", "0x1"), JobId.ForUpload("translate/a.pdf", "0x1"));
    }

    [Fact]
    public void Derive_PartsMovedAcrossTheirBoundary_IsAnotherId() =>
        Assert.NotEqual(JobId.Derive("p", "ab", "c"), JobId.Derive("p", "a", "bc"));

    [Theory]
    [InlineData("a")]
    [InlineData("Contract_2026-01")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void TryParse_Valid_RoundTrips(string text)
    {
        Assert.True(JobId.TryParse(text, out var id));
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("_active")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("é")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void TryParse_Invalid_IsRefused(string? text) => Assert.False(JobId.TryParse(text, out _));
}
