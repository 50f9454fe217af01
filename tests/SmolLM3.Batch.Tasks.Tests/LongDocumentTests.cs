using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class LongDocumentTests
{
    private const int Pages = 400;

    [Fact]
    public async Task FourHundredPages_SummaryAndAnalysis_ReadEverythingInBoundedMemory()
    {
        var document = await Given.DocumentAsync(Samples.Manual(Pages), "manual.txt");
        Assert.Equal(Pages, document.PageCount);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        var noise = Noise.Model(8);
        var model = new FakeModel(request =>
        {
            InterlockedMax(ref most, GC.GetTotalMemory(false));
            return request.JsonSchema!["properties"]!.AsObject().ContainsKey("clauses") ? Reader.Answer(request) : noise(request);
        }, 8192);

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(
            document, [new(TaskTypes.Summarize), new(TaskTypes.ContractAnalysis)]);

        long planned = 0;
        foreach (var result in results)
        {
            Assert.Null(result.Error);
            Assert.Equal(1.0, result.Coverage);
            var json = result.Json($"{result.Type}.json");
            Assert.True(json["plan"]!["chunks"]!.GetValue<int>() > 20);
            Assert.Equal(json["plan"]!["promptTokens"]!.GetValue<long>(), result.Usage.PromptTokens);
            planned += json["plan"]!["promptTokens"]!.GetValue<long>();
        }

        Assert.Equal(model.PromptTokens, planned);
        Assert.InRange(most - before, 0, 400L << 20);

        // Every paragraph was shown to the model, in the questions of each task.
        foreach (string question in new[] { "most important points", "type of this document" })
        {
            var shown = model.Requests.Where(request => request.Messages[^1].Content.Contains(question))
                .SelectMany(request => Reader.Paragraphs(
                    request.Messages[^1].Content.Split("\n---\n")[0])).Select(paragraph => paragraph.Number).ToHashSet();
            Assert.Equal(Enumerable.Range(1, document.Blocks.Count), shown.Where(number => number <= document.Blocks.Count).Order());
        }

        // The clause on the last page is found there.
        var law = results[1].Json("contract-analysis.json")["terms"]!["governingLaw"]!;
        Assert.Equal(Pages, law["source"]!["page"]!.GetValue<int>());
    }

    [Fact]
    public Task FourHundredPages_OnTheEngine_PlanIsWhatTheEngineProcessed() => RunOnTheEngineAsync(seed: 5);

    /// <summary>
    /// Weights that write every answer to its limits: 200,000 tokens, a minute or more. dotnet test … -- xUnit.Explicit=only
    /// </summary>
    [Fact(Explicit = true)]
    public Task FourHundredPages_OnTheEngineWritingToItsLimits_PlanIsWhatTheEngineProcessed() => RunOnTheEngineAsync(seed: 2);

    /// <summary>
    /// The engine with random weights. One layer of width 32 is enough for the arithmetic: what the plan says is what the engine counted,
    /// token by token, with the document computed once for both tasks, in a KV cache that cannot hold it whole.
    /// </summary>
    private static async Task RunOnTheEngineAsync(ulong seed)
    {
        const long KvCacheBytes = 24 << 20;
        await using var model = await RandomEngine.LoadAsync(contextLength: 8192, layers: 1, heads: 1, seed, KvCacheBytes);
        var document = await Given.DocumentAsync(Samples.Manual(Pages), "manual.txt");
        int documentTokens = model.CountTokens(document.Text);
        Assert.InRange(model.Statistics.KvTokensBudget, 8192, documentTokens - 1);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        long mostHeld = 0;
        var sampled = new Sampled(() =>
        {
            InterlockedMax(ref most, GC.GetTotalMemory(false));
            InterlockedMax(ref mostHeld, model.Statistics.KvTokensHeld);
        });

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(
            document, [new(TaskTypes.Summarize), new(TaskTypes.ContractAnalysis)], sampled);

        long planned = 0;
        long completions = 0;
        long mostWritten = 0;
        foreach (var result in results)
        {
            Assert.Null(result.Error);
            Assert.Equal(1.0, result.Coverage);
            var json = result.Json($"{result.Type}.json");
            Assert.Empty(MiniSchema.Errors(
                JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "schemas", $"{result.Type}.schema.json")))!.AsObject(), json));
            Assert.Equal(1.0, json["coverage"]!.GetValue<double>());
            var plan = json["plan"]!;
            Assert.True(plan["chunks"]!.GetValue<int>() > 40);
            Assert.Equal(plan["promptTokens"]!.GetValue<long>(), json["usage"]!["promptTokens"]!.GetValue<long>());
            planned += plan["promptTokens"]!.GetValue<long>();
            completions += plan["completions"]!.GetValue<long>();
            mostWritten += plan["maxCompletionTokens"]!.GetValue<long>();
        }

        var engine = model.Statistics;
        Assert.Equal(engine.PromptTokens, planned);
        Assert.Equal(engine.Finished, completions);
        Assert.Equal(engine.CachedTokens, results.Sum(result => result.Usage.CachedTokens));
        Assert.Equal(engine.GeneratedTokens, results.Sum(result => result.Usage.CompletionTokens));
        Assert.InRange(engine.GeneratedTokens, completions, mostWritten);

        // Nine questions about every part, and still the document was computed about once: numbers of paragraphs, overlaps and questions
        // come on top.
        Assert.InRange(planned - engine.CachedTokens, documentTokens, 1.5 * documentTokens);
        Assert.InRange(mostHeld, 1, engine.KvTokensBudget);
        Assert.InRange(most - before, 0, 400L << 20);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{documentTokens:N0} tokens of document, {completions:N0} completions, {planned:N0} prompt tokens planned and processed ({engine.CachedTokens:N0} shared), "
            + $"{engine.GeneratedTokens:N0} written, KV cache {mostHeld:N0} of {engine.KvTokensBudget:N0} tokens, managed heap {(most - before) >> 20:N0} MiB more at most");
    }

    private sealed class Sampled(Action sample) : IProgress<TaskProgress>
    {
        public void Report(TaskProgress value) => sample();
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen;
        while ((seen = Interlocked.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
