using System.Text.Json.Nodes;
using Markdig;
using Markdig.Syntax;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.ContractAnalysis;
using SmolLM3.Batch.Tasks.Tests.Support;

namespace SmolLM3.Batch.Tasks.Tests;

public class DocsExamplesTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "tasks.md"));

    [Fact]
    public async Task Examples_OfEveryTask_Run()
    {
        var examples = Markdown.Parse(Text).Descendants<FencedCodeBlock>().Where(block => block.Info == "json").Select(block => JsonNode.Parse(block.Lines.ToString())!.AsObject()).ToList();
        Assert.Equal(TaskTypes.All.Order(), examples.Select(example => example["type"]!.GetValue<string>()).Distinct().Order());
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        foreach (var example in examples)
        {
            var result = await Given.RunAsync(new FakeModel(Reader.Answer), document, example["type"]!.GetValue<string>(), example["options"]?.DeepClone().AsObject());
            Assert.Null(result.Error);
        }
    }

    [Fact]
    public void Links_ToSchemas_Exist()
    {
        foreach (string type in TaskTypes.All)
        {
            Assert.Contains($"schemas/{type}.schema.json", Text);
            Assert.True(File.Exists(Repository.PathOf("docs", "schemas", $"{type}.schema.json")));
        }
    }
}
