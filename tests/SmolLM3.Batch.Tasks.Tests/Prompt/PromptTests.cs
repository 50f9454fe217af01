using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Prompt;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests.Prompt;

public class PromptTests
{
    private static readonly JsonObject Schema = JsonNode.Parse("""{"type": "object", "properties": {"dates": {"type": "array", "items": {"type": "string"}}, "note": {"type": "string", "maxLength": 9}}, "required": ["dates", "note"], "additionalProperties": false}""")!.AsObject();

    [Fact]
    public async Task Prompt_Schema_BoundsTheAnswerAndGivesJson()
    {
        var model = new FakeModel(Noise.Model(5), 4096);
        var result = await Given.RunAsync(
            model, await Given.DocumentAsync(Samples.Agreement), TaskTypes.Prompt,
            new JsonObject { ["instructions"] = "List dates.", ["schema"] = Schema.DeepClone() });

        Assert.Null(result.Error);
        var sent = Assert.Single(model.Requests).JsonSchema!;
        Assert.NotNull(sent["properties"]!["dates"]!["maxItems"]);
        Assert.NotNull(sent["properties"]!["dates"]!["items"]!["maxLength"]);
        Assert.Equal(9, sent["properties"]!["note"]!["maxLength"]!.GetValue<int>());
        Assert.IsType<JsonArray>(result.Json("prompt.json")["value"]!["dates"], exactMatch: false);
    }

    [Fact]
    public async Task Prompt_JsonOutgrowsItsTokens_IsAskedForOnceMoreInFewerWords()
    {
        // Every character of this model is a token.
        var model = new FakeModel(request => new JsonObject { ["note"] = new string(
            '*', request.JsonSchema!["properties"]!["note"]!["maxLength"]!.GetValue<int>()) }.ToJsonString());
        var schema = JsonNode.Parse("""{"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]}""");
        var options = new JsonObject { ["instructions"] = "x", ["maxTokens"] = 100, ["schema"] = schema };

        var result = await Given.RunAsync(model, await Given.DocumentAsync(Samples.Agreement), TaskTypes.Prompt, options);

        Assert.Null(result.Error);
        Assert.Equal(2, model.Requests.Count);
        Assert.NotNull(result.Json("prompt.json")["value"]!["note"]);
    }

    [Fact]
    public async Task Prompt_LongDocument_MergesThePartsAnswers()
    {
        var model = new FakeModel(request => request.Messages[0].Content.Contains("successive parts") ? "merged " + request.Messages[^1].Content.Count(c => c == '\n') : "from a part", 2048);
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 8)));
        var result = await Given.RunAsync(model, document, TaskTypes.Prompt, new JsonObject { ["instructions"] = "What is owed?" });

        Assert.Null(result.Error);
        Assert.StartsWith("merged", result.Text("prompt.md"));
        Assert.Equal(1.0, result.Coverage);
        var merges = model.Requests.Where(request => request.Messages[0].Content.Contains("successive parts")).ToList();
        Assert.Contains(merges, request => request.Messages[^1].Content.Contains("Part 1: from a part\nPart 2: from a part\n"));
        Assert.All(merges, request => Assert.Contains("What is owed?", request.Messages[^1].Content));
    }

    [Fact]
    public async Task Prompt_LongDocument_GivesTheExpectedPages()
    {
        var parts = 0;
        var model = new FakeModel(
            request => request.JsonSchema is null
                ? "The fee and the deposit."
                : new JsonObject { ["dates"] = new JsonArray($"day {++parts}"), ["note"] = "n" }.ToJsonString(), 2048);
        var document = await Given.DocumentAsync(string.Concat(Enumerable.Repeat(Samples.Agreement + "\n\n", 3)), "agreement.md");
        foreach (var (name, schema) in new[] { ("merged-text", null), ("merged-values", Schema) })
        {
            var options = new JsonObject { ["instructions"] = "What is owed, and when?", ["schema"] = schema?.DeepClone() };
            if (schema is null) options.Remove("schema");
            var result = await Given.RunAsync(model, document, TaskTypes.Prompt, options);
            Assert.Null(result.Error);
            foreach (var extension in new[] { ".md", ".html", ".json" })
                Golden.AssertEqual(name + extension, result.Text("prompt" + extension));
        }
    }

    [Fact]
    public async Task Prompt_Thinking_GetsItsBudgetOnTop()
    {
        var model = new FakeModel(_ => "An answer.");
        await Given.RunAsync(model, await Given.DocumentAsync(Samples.Agreement), TaskTypes.Prompt, new JsonObject { ["instructions"] = "x", ["thinking"] = true, ["thinkingBudget"] = 100, ["maxTokens"] = 50, ["temperature"] = 0.6, ["seed"] = 7 });
        var request = Assert.Single(model.Requests);
        Assert.True(request.Thinking);
        Assert.Equal(100, request.ThinkingBudget);
        Assert.Equal(150, request.MaxTokens);
        Assert.Equal(7ul, request.Seed);
    }

    [Fact]
    public async Task Prompt_AnswerCut_SaysSo()
    {
        var model = new FakeModel(_ => string.Concat(Enumerable.Repeat("word ", 500)));
        var result = await Given.RunAsync(
            model, await Given.DocumentAsync(Samples.Agreement), TaskTypes.Prompt,
            new JsonObject { ["instructions"] = "x", ["maxTokens"] = 20 });
        Assert.Contains("Raise maxTokens", Assert.Single(result.Warnings));
        Assert.False(result.Json("prompt.json")["complete"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Prompt_InstructionsTooLongForTheContext_SaysSo()
    {
        var result = await Given.RunAsync(
            new FakeModel(Reader.Answer, 1024), await Given.DocumentAsync(Samples.Agreement), TaskTypes.Prompt,
            new JsonObject { ["instructions"] = string.Concat(Enumerable.Repeat("do this and ", 600)) });
        Assert.Contains("no room", result.Error);
    }

    [Fact]
    public void Apply_BoundedParts_StayAsTheyAre()
    {
        var schema = JsonNode.Parse("""{"type": "array", "minItems": 60, "items": {"type": "string", "pattern": "a+"}}""")!.AsObject();
        var bounded = SchemaBounds.Apply(schema, 500);
        Assert.Equal(60, bounded["maxItems"]!.GetValue<int>());
        Assert.Null(bounded["items"]!["maxLength"]);
    }
}
