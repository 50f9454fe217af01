using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class RandomEngineTests
{
    [Fact]
    public async Task EveryTask_RandomWeights_EndsWithValidJsonAndIsHonest()
    {
        await using var model = await RandomEngine.LoadAsync(contextLength: 4096);
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        TaskRequest[] tasks =
        [
            new(TaskTypes.ContractAnalysis), new(TaskTypes.Summarize, new JsonObject { ["words"] = 60 }), new(
                TaskTypes.Translate, new JsonObject { ["target"] = "fr", ["source"] = "en" }),
            new(TaskTypes.Prompt, new JsonObject { ["instructions"] = "What is it?", ["maxTokens"] = 60, ["schema"] = JsonNode.Parse("""{"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"], "additionalProperties": false}""") }),
        ];

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, tasks);

        foreach (var result in results)
        {
            Assert.Null(result.Error);
            var json = result.Json($"{result.Type}.json");
            Assert.Empty(MiniSchema.Errors(
                JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "schemas", $"{result.Type}.schema.json")))!.AsObject(), json));
            Assert.Equal(1.0, result.Coverage);
            Assert.Equal(json["plan"]!["promptTokens"]!.GetValue<long>(), result.Usage.PromptTokens);
        }

        var findings = results[0].Json("contract-analysis.json")["clauses"]!.AsArray()
            .Where(clause => clause!["group"]!.GetValue<string>() != "identification").SelectMany(clause => clause!["findings"]!.AsArray());
        Assert.All(findings, finding => Assert.False(finding!["verified"]!.GetValue<bool>()));
        Assert.True(
            results.Sum(result => result.Usage.CachedTokens) > results.Sum(result => result.Usage.PromptTokens) / 3,
            "The document's prefill was not shared.");
    }

    [Fact]
    public async Task ContractAnalysis_ManyQuestionsAboutOnePart_HoldThePartOnce()
    {
        await using var model = await RandomEngine.LoadAsync(contextLength: 8192, kvCacheBytes: 256 << 20);
        var document = await Given.DocumentAsync(Samples.Manual(6), "manual.txt");

        var result = Assert.Single(
            await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, [new(TaskTypes.ContractAnalysis)]));

        // Nothing was evicted: what is held beyond the document is the questions, the words that some begin with and that are copied, and
        // the answers.
        int documentTokens = model.CountTokens(document.Text);
        var engine = model.Statistics;
        Assert.True(engine.Finished >= 5 && result.Usage.PromptTokens > 5 * documentTokens);
        long own = engine.PromptTokens - engine.CachedTokens - documentTokens + engine.GeneratedTokens + 32 * engine.Finished;
        Assert.InRange(engine.KvTokensHeld, documentTokens, documentTokens + own);
        Assert.InRange(own, 1, 2 * documentTokens);
    }
}
