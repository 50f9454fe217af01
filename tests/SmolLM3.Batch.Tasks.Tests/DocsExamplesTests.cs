using System.Text.Json.Nodes;
using Markdig;
using Markdig.Syntax;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.ContractAnalysis;
using SmolLM3.Batch.Tasks.Planning;
using SmolLM3.Batch.Tasks.Prompt;
using SmolLM3.Batch.Tasks.Summarize;
using SmolLM3.Batch.Tasks.Tests.Support;
using SmolLM3.Batch.Tasks.Translate;

namespace SmolLM3.Batch.Tasks.Tests;

public class DocsExamplesTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "tasks.md"));

    [Fact]
    public async Task Examples_OfEveryTask_Run()
    {
        var examples = Markdown.Parse(Text).Descendants<FencedCodeBlock>().Where(block => block.Info == "json")
            .Select(block => JsonNode.Parse(block.Lines.ToString())!.AsObject()).ToList();
        Assert.Equal(TaskTypes.All.Order(), examples.Select(example => example["type"]!.GetValue<string>()).Distinct().Order());
        var document = await Given.DocumentAsync(Samples.Agreement, "agreement.md");
        foreach (var example in examples)
        {
            var result = await Given.RunAsync(
                new FakeModel(Reader.Answer), document, example["type"]!.GetValue<string>(), example["options"]?.DeepClone().AsObject());
            Assert.Null(result.Error);
        }
    }

    /// <summary>The prompts that the page shows are those that the tasks send.</summary>
    [Fact]
    public void Prompts_OfEveryTask_AreTheOnesSent()
    {
        var sizes = ContractSizes.For(new ContextBudget(new LanguageModelInfo("m", "1", 65_536)), 20_000);
        var rule = new PlaybookRule(
            ClauseCategories.Find("Cap On Liability")!, "Cap of at least EUR 1 million", "Two years of fees", RiskLevel.High);
        var summary = SummarizeOptions.Parse(null);
        var translation = new TranslatePrompts(Language.Of("en"), Language.Of("de"));
        string[] sent =
        [
            DocumentPrompt.Messages("", "")[0].Content,
            ContractPrompts.FactsQuestion,
            ContractPrompts.ObligationsQuestion(sizes),
            ContractPrompts.ClausesQuestion(ClauseGroup.Liability, sizes),
            .. Contents(ContractPrompts.RuleMessages(
                rule, "4.1 Each party's liability is limited to the fees paid in the twelve months before the claim.")),
            SummaryPrompts.FinalQuestion(summary, summary.Points, fromNotes: false),
            SummaryPrompts.MapQuestion(summary with { Focus = "What does it cost?" }, 6),
            SummaryPrompts.ReduceQuestion(summary, 12),
            .. Contents(translation.Piece("The Supplier shall deliver <1>within 30 days</1>.", [new("Supplier", "Lieferant")], [])),
            PromptRun.MergeSystem,
        ];
        string shown = Collapsed(string.Join('\n', Markdown.Parse(Text).Descendants<FencedCodeBlock>().Where(block => block.Info == "text").Select(block => block.Lines.ToString())));
        Assert.All(sent, prompt => Assert.Contains(Collapsed(prompt), shown));
    }

    private static IEnumerable<string> Contents(IEnumerable<ChatMessage> messages) => messages.Select(message => message.Content);

    private static string Collapsed(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

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
