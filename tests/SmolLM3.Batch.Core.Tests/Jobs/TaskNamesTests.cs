using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Core.Tests.Jobs;

public class TaskNamesTests
{
    [Fact]
    public void For_SeveralOfOneType_AreNumbered() => Assert.Equal(
        ["translate", "summarize", "translate-2", "translate-3"],
        TaskNames.For([new("translate"), new("summarize"), new("translate"), new("translate")]));

    [Theory]
    [InlineData("translate-2", "translate", "translate.json", "translate-2.json")]
    [InlineData("translate", "translate", "translate.side-by-side.html", "translate.side-by-side.html")]
    [InlineData("prompt", "prompt", "answer.json", "prompt.answer.json")]
    public void File_KeepsTheEnding(string name, string type, string file, string expected) =>
        Assert.Equal(expected, TaskNames.File(name, type, file));
}
