using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.Tests;

public class TaskCatalogTests
{
    [Theory]
    [InlineData("summarise", null, "summarize")]
    [InlineData("summarize", """{"colour": "red"}""", "colour")]
    [InlineData("summarize", """{"style": "haiku"}""", "executive, bullets, sections, plain")]
    [InlineData("summarize", """{"words": 3}""", "from 40 to 4,000")]
    [InlineData("summarize", """{"words": "many"}""", "words")]
    [InlineData("summarize", """{"focus": " "}""", "focus")]
    [InlineData("translate", """{"target": "tlh"}""", "en, fr, es, de, it, pt")]
    [InlineData("translate", """{"target": "de", "source": "de"}""", "both")]
    [InlineData("translate", """{"glossary": {"Supplier": 5}}""", "Supplier")]
    [InlineData("prompt", null, "instructions")]
    [InlineData("prompt", """{"instructions": "x", "thinkingBudget": 100}""", "thinking")]
    [InlineData("prompt", """{"instructions": "x", "schema": {"type": "object", "properties": {"a": {"format": "date"}}}}""", "format")]
    [InlineData("prompt", """{"instructions": "x", "schema": {"anyOf": []}}""", "#/anyOf")]
    [InlineData("prompt", """{"instructions": "x", "temperature": 9}""", "temperature")]
    [InlineData("contract-analysis", """{"playbook": 7}""", "list of rules")]
    [InlineData("contract-analysis", """{"playbook": [{"category": "Pets", "position": "none"}]}""", "Pets")]
    [InlineData("contract-analysis", """{"playbook": [{"category": "Insurance"}]}""", "position")]
    [InlineData("contract-analysis", """{"playbook": [{"category": "Insurance", "position": "x", "severity": "huge"}]}""", "severity")]
    [InlineData("contract-analysis", """{"playbook": "- category: Insurance\n  positon: x"}""", "position")]
    [InlineData("contract-analysis", """{"playbook": "a: &a [x]\nb: *a"}""", "aliases")]
    [InlineData("contract-analysis", """{"playbook": "{{{"}""", "neither YAML nor JSON")]
    public void Validate_WrongTask_NamesWhatIsWrong(string type, string? options, string named)
    {
        var error = Assert.Throws<InvalidTaskException>(
            () => TaskCatalog.Default.Validate(new TaskRequest(type, options is null ? null : JsonNode.Parse(options)!.AsObject())));
        Assert.Contains(named, error.Message);
    }

    [Theory]
    [InlineData("summarize", null)]
    [InlineData("summarize", """{"style": "sections", "words": 300, "focus": "What does it cost?"}""")]
    [InlineData("translate", """{"target": "pt", "source": "en", "glossary": {"Supplier": "Fornecedor"}}""")]
    [InlineData("prompt", """{"instructions": "List dates.", "schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"dates": {"type": "array", "items": {"type": "string"}}}, "required": ["dates"]}, "thinking": true, "thinkingBudget": 64}""")]
    [InlineData("contract-analysis", """{"playbook": "rules:\n  - category: governing law\n    position: Law of Norway\n    fallback: Any Nordic law\n    severity: low\n"}""")]
    [InlineData("contract-analysis", """{"playbook": "[{\"category\": \"Insurance\", \"position\": \"EUR 1m\"}]"}""")]
    public void Validate_RightTask_Passes(string type, string? options) =>
        TaskCatalog.Default.Validate(new TaskRequest(type, options is null ? null : JsonNode.Parse(options)!.AsObject()));

    [Fact]
    public void Types_AreThoseOfCore() => Assert.Equal(TaskTypes.All.Order(), TaskCatalog.Default.Types.Order());

    [Fact]
    public void Validate_YamlBomb_IsRefusedAtOnce()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(
            Enumerable.Range(1, 20).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.Throws<InvalidTaskException>(
            () => TaskCatalog.Default.Validate(new TaskRequest("contract-analysis", new JsonObject { ["playbook"] = bomb })));
        string deep = new string('[', 50_000);
        Assert.Throws<InvalidTaskException>(
            () => TaskCatalog.Default.Validate(new TaskRequest("contract-analysis", new JsonObject { ["playbook"] = deep })));
    }
}
