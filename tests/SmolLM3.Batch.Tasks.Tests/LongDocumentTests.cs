using System.Text;
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
        var document = await Given.DocumentAsync(Manual(), "manual.txt");
        Assert.Equal(Pages, document.PageCount);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        var noise = Noise.Model(8);
        var model = new FakeModel(request =>
        {
            InterlockedMax(ref most, GC.GetTotalMemory(false));
            return request.JsonSchema!["properties"]!.AsObject().ContainsKey("clauses") ? Reader.Answer(request) : noise(request);
        }, 8192);

        var results = await new DocumentTasks(model, TaskCatalog.Default, TimeProvider.System).RunAsync(document, [new(TaskTypes.Summarize), new(TaskTypes.ContractAnalysis)]);

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
                .SelectMany(request => Reader.Paragraphs(request.Messages[^1].Content.Split("\n---\n")[0])).Select(paragraph => paragraph.Number).ToHashSet();
            Assert.Equal(Enumerable.Range(1, document.Blocks.Count), shown.Where(number => number <= document.Blocks.Count).Order());
        }

        // The clause on the last page is found there.
        var law = results[1].Json("contract-analysis.json")["terms"]!["governingLaw"]!;
        Assert.Equal(Pages, law["source"]!["page"]!.GetValue<int>());
    }

    private static string Manual()
    {
        var random = new Random(400);
        string[] words = "the party service report water station pressure valve record inspection annual operator measure safety pump schedule level limit repair notice".Split(' ');
        var text = new StringBuilder();
        for (int page = 1; page <= Pages; page++)
        {
            if (page > 1) text.Append('\f');
            text.Append($"{page}. CHAPTER NUMBER {page}\n\n");
            for (int paragraph = 0; paragraph < 6; paragraph++)
            {
                for (int i = 0; i < 70; i++) text.Append(words[random.Next(words.Length)]).Append(i % 12 == 11 ? "\n" : " ");
                text.Append("end.\n\n");
            }
        }

        return text.Append("This manual is governed by the laws of Norway and by nothing else.\n").ToString();
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen;
        while ((seen = Interlocked.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
