using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Inference.Chat;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Batch.PromptDump;

/// <summary>
/// A model that keeps what it is asked. It repeats defined terms as they are and otherwise answers as little as a task accepts.
/// </summary>
internal sealed class RecordingModel(SmolLM3Tokenizer tokenizer, int context) : ILanguageModel
{
    private static readonly DateOnly Today = new(2026, 1, 15);

    public List<JsonObject> Requests { get; } = [];

    public LanguageModelInfo Info { get; } = new("recording", "none", context);

    public int CountTokens(ReadOnlySpan<char> text) => tokenizer.Count(text);

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) =>
        tokenizer.Encode(Render(messages, thinking)).Length;

    public Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        string prompt = Render(request.Messages, request.Thinking);
        int[] ids = tokenizer.Encode(prompt);
        lock (Requests)
        {
            Requests.Add(new JsonObject
            {
                ["messages"] = new JsonArray([.. request.Messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]),
                ["schema"] = request.JsonSchema?.DeepClone(),
                ["maxTokens"] = request.MaxTokens,
                ["prompt"] = prompt,
                ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
            });
        }

        return Task.FromResult(
            new Completion { Text = Answer(request), FinishReason = FinishReason.Stop, Usage = new TokenUsage(ids.Length, 0, 1) });
    }

    private static string Answer(CompletionRequest request)
    {
        string question = request.Messages[^1].Content;
        if (request.JsonSchema is null) return question[(question.LastIndexOf('\n') + 1)..];
        if (request.JsonSchema["properties"]?["terms"] is null) return "{}";
        var terms = question.Split('\n').Where(line => line.Length > 0 && char.IsDigit(line[0]))
            .Select(line => (JsonNode)line[(line.IndexOf(' ') + 1)..]);
        return new JsonObject { ["terms"] = new JsonArray([.. terms]) }.ToJsonString();
    }

    private static string Render(IReadOnlyList<ChatMessage> messages, bool thinking) => ChatPrompt.Render(
        [.. messages.Select(message => new ChatTurn(message.Role, message.Content))], new ChatPromptOptions { Today = Today, Thinking = thinking });
}
