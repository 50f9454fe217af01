using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Summarize;

public class SummarizeTests
{
    [Theory]
    [InlineData("executive")]
    [InlineData("bullets")]
    [InlineData("sections")]
    [InlineData("plain")]
    public async Task Summarize_EveryStyle_GivesTheExpectedPage(string style)
    {
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        var result = await Given.RunAsync(
            new FakeModel(Reader.Answer), document, TaskTypes.Summarize, new JsonObject { ["style"] = style, ["words"] = 150 });
        Assert.Null(result.Error);
        Golden.AssertEqual(style + ".md", result.Text("summarize.md"));
        Golden.AssertEqual(style + ".html", result.Text("summarize.html"));
    }

    [Fact]
    public async Task Summarize_LongDocument_ReducesLevelByLevelAndKeepsCitations()
    {
        var text = new StringBuilder();
        for (int i = 1; i <= 150; i++)
            text.Append($"# Chapter {i}\n\nIn chapter {i} the committee of town {i} decided matter number {i} after a long debate.\n\n");
        var document = await Given.DocumentAsync(text.ToString(), "report.md");
        var model = new FakeModel(Reader.Answer, 1200);

        var result = await Given.RunAsync(model, document, TaskTypes.Summarize, new JsonObject { ["style"] = "bullets" });

        Assert.Null(result.Error);
        Assert.Equal(1.0, result.Coverage);
        Assert.Contains(model.Requests, request => request.Messages[^1].Content.Contains("Merge these notes"));
        var points = result.Json("summarize.json")["sections"]!.AsArray().SelectMany(section => section!["points"]!.AsArray()).ToList();
        Assert.NotEmpty(points);
        foreach (var point in points)
        {
            Assert.True(point!["verified"]!.GetValue<bool>());
            string said = point["text"]!.GetValue<string>();
            var citation = point["citations"]!.AsArray()[0]!;
            string cited = document.Text[citation["start"]!.GetValue<int>()..citation["end"]!.GetValue<int>()];
            Assert.StartsWith(said[..40], cited);
            Assert.StartsWith("Chapter ", citation["section"]!.AsArray()[0]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Summarize_WrongCitation_IsReplacedByTheParagraphThatBearsItOut()
    {
        var document = await Given.DocumentAsync("The first paragraph speaks of apples and pears.\n\nThe second paragraph names the price of 12,500 euros.\n\nThe third one is about rain.");
        var model = new FakeModel(_ => """{"headline": "h", "overview": "o", "points": [{"text": "The second paragraph names a price of 12,500 euros.", "from": [3]}, {"text": "Nothing here is borne out by anything.", "from": [1]}]}""");

        var points = (await Given.RunAsync(model, document, TaskTypes.Summarize))
            .Json("summarize.json")["sections"]![0]!["points"]!.AsArray();

        Assert.Equal(2, points[0]!["citations"]![0]!["paragraph"]!.GetValue<int>());
        Assert.True(points[0]!["verified"]!.GetValue<bool>());
        Assert.False(points[1]!["verified"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Summarize_Focus_IsInTheQuestion()
    {
        var model = new FakeModel(Reader.Answer);
        await Given.RunAsync(
            model, await Given.DocumentAsync(Samples.Agreement), TaskTypes.Summarize, new JsonObject { ["focus"] = "Who pays?" });
        Assert.Contains("Who pays?", Assert.Single(model.Requests).Messages[^1].Content);
    }
}
