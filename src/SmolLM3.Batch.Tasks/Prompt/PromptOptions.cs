using System.Text.Json.Nodes;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Tasks.Options;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>The user's own instructions and how to follow them.</summary>
/// <param name="Instructions">What to do with the document.</param>
/// <param name="Schema">JSON Schema of the answer, or null for free text.</param>
/// <param name="Thinking">Whether the model thinks first.</param>
/// <param name="ThinkingBudget">Most tokens of thinking; null leaves it to the context.</param>
/// <param name="MaxTokens">Most tokens of the answer; null leaves it to the context.</param>
/// <param name="Temperature">0 is greedy.</param>
/// <param name="TopP">Keep the most likely tokens that add up to this.</param>
/// <param name="Seed">Of the sampling.</param>
internal sealed record PromptOptions(
    string Instructions, JsonObject? Schema, bool Thinking, int? ThinkingBudget, int? MaxTokens, double Temperature, double TopP,
    ulong Seed)
{
    public static PromptOptions Parse(JsonObject? options)
    {
        var reader = new OptionReader(TaskTypes.Prompt, options);
        string instructions = reader.RequiredText("instructions", 8_000);
        var schema = reader.Object("schema");
        bool thinking = reader.Boolean("thinking", false);
        int thinkingBudget = reader.Integer("thinkingBudget", 0, 16, 32_768);
        int maxTokens = reader.Integer("maxTokens", 0, 16, 32_768);
        double temperature = reader.Number("temperature", 0, 0, 2);
        double topP = reader.Number("topP", 1, 0.01, 1);
        ulong seed = reader.Seed("seed");
        reader.End();
        if (thinkingBudget > 0 && !thinking)
            throw new InvalidTaskException("Option 'thinkingBudget' of task 'prompt' needs 'thinking': true.");
        return new PromptOptions(
            instructions, schema is null ? null : SchemaGuard.Check(schema), thinking, thinkingBudget > 0 ? thinkingBudget : null,
            maxTokens > 0 ? maxTokens : null, temperature, topP, seed);
    }
}
