using SmolLM3.Batch.Cli.Commands;

namespace SmolLM3.Batch.Cli.Tests.Commands;

public sealed class GenerateCommandTests
{
    [Theory]
    [InlineData("--temperature", "-1", "--temperature must be 0 or more.")]
    [InlineData("--temperature", "nan", "--temperature must be 0 or more.")]
    [InlineData("--top-p", "2", "--top-p must be above 0 and at most 1.")]
    [InlineData("--top-p", "0", "--top-p must be above 0 and at most 1.")]
    [InlineData("--top-k", "-1", "--top-k must be 0 or more.")]
    [InlineData("--min-p", "2", "--min-p must be at least 0 and below 1.")]
    [InlineData("--min-p", "1", "--min-p must be at least 0 and below 1.")]
    [InlineData("--repetition-penalty", "0", "--repetition-penalty must be above 0.")]
    [InlineData("--stop", "", "--stop is empty; it needs at least one character.")]
    [InlineData("--max-tokens", "0", "--max-tokens must be at least 1.")]
    public void Parse_OfWhatCannotBe_NamesTheOptionAndItsRange(string option, string value, string expected)
    {
        string[] arguments = ["--prompt", "a", option, value];

        Assert.Equal(expected, Assert.Single(GenerateCommand.Create().Parse(arguments).Errors).Message);
    }

    [Fact]
    public void Parse_EmptyPrompt_IsAnError()
    {
        string[] arguments = ["--prompt", ""];

        Assert.Contains("--prompt is empty", Assert.Single(GenerateCommand.Create().Parse(arguments).Errors).Message);
    }

    [Fact]
    public void Parse_OfTheExtremes_IsFine()
    {
        string[] arguments =
        [
            "--token-ids", "1", "--temperature", "0", "--top-p", "1", "--top-k", "0", "--min-p", "0", "--repetition-penalty", "0.1",
            "--stop", " ", "--stop", "a",
        ];

        Assert.Empty(GenerateCommand.Create().Parse(arguments).Errors);
    }
}
