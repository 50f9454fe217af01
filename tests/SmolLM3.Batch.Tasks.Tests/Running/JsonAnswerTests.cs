using System.Text.Json.Nodes;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Tests.Running;

public class JsonAnswerTests
{
    private const string Whole = """{"headline": "A \"quoted\" head, with [brackets]", "points": [{"text": "one, two", "from": [1, 2]}, {"text": "th}ree", "from": []}, {"text": "four", "from": [3]}]}""";

    [Fact]
    public void Parse_CutAnywhere_KeepsWhatWasComplete()
    {
        var whole = JsonAnswer.Parse(Whole)!;
        int best = 0;
        for (int length = 1; length <= Whole.Length; length++)
        {
            var cut = JsonAnswer.Parse(Whole[..length]);
            Assert.NotNull(cut);
            var points = cut.Items("points").ToList();
            for (int i = 0; i < points.Count - 1; i++) Assert.True(JsonNode.DeepEquals(points[i], whole["points"]![i]));
            if (points.Count > 0 && points[^1]["text"] is { } text)
                Assert.Equal(whole["points"]![points.Count - 1]!["text"]!.GetValue<string>(), text.GetValue<string>());
            Assert.True(points.Count >= best, "A longer answer lost a point.");
            best = points.Count;
        }

        Assert.Equal(3, best);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json at all")]
    public void Parse_NoObject_IsNull(string text) => Assert.Null(JsonAnswer.Parse(text));

    [Fact]
    public void Fields_OfOtherTypes_AreNotThere()
    {
        var answer = JsonAnswer.Parse("""{"text": 5, "items": "x", "numbers": [1, "2", null, 3.5, 4]}""")!;
        Assert.Equal("", answer.Text("text"));
        Assert.Empty(answer.Items("items"));
        Assert.Equal([1, 4], answer.Integers("numbers"));
    }
}
