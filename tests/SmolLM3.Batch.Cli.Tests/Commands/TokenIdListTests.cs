using SmolLM3.Batch.Cli.Commands;

namespace SmolLM3.Batch.Cli.Tests.Commands;

public sealed class TokenIdListTests
{
    [Fact]
    public void Parse_Ids_AreThose() => Assert.Equal([0, 12, 99], TokenIdList.Parse("0, 12,99", 100));

    [Theory]
    [InlineData("100", "from 0 to 99")]
    [InlineData("1,999999999", "holds 999999999")]
    [InlineData("99999999999", "such as 1,2,3")]
    [InlineData("-1", "such as 1,2,3")]
    [InlineData("a", "such as 1,2,3")]
    [InlineData(",", "at least one id")]
    [InlineData("", "at least one id")]
    public void Parse_OfWhatCannotBe_SaysWhatCan(string list, string expected) =>
        Assert.Contains(expected, Assert.Throws<CliException>(() => TokenIdList.Parse(list, 100)).Message);
}
