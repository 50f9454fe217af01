using SmolLM3.Batch.Cli.Commands;

namespace SmolLM3.Batch.Cli.Tests.Planning;

public sealed class PlanCommandTests
{
    [Theory]
    [InlineData("--documents 0")]
    [InlineData("--documents 10000001")]
    [InlineData("--pages nan")]
    [InlineData("--pages -3")]
    [InlineData("--pages 1e9")]
    [InlineData("--tokens-per-page 1e300")]
    [InlineData("--cold-start 1e9")]
    [InlineData("--over-hours -1")]
    [InlineData("--max-workers 2000000000")]
    [InlineData("--jobs-per-worker 0")]
    public void Parse_OfWhatCannotBe_NamesTheOptionAndItsRange(string arguments)
    {
        var error = Assert.Single(PlanCommand.Create().Parse(arguments).Errors);

        Assert.Contains($"{arguments.Split(' ')[0]} must be from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfTheExtremes_IsFine() =>
        Assert.Empty(PlanCommand.Create().Parse(
            "-n 10000000 -p 0.01 --over-hours 8760 --max-workers 10000 --cold-start 0 --jobs-per-worker 256").Errors);
}
