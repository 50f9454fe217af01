using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>A task that is one instruction over the beginning of the document.</summary>
internal sealed class PlainPromptTask(string type, string? instructions, string? option = null) : IDocumentTask
{
    public string Type => type;

    public ITaskRun Prepare(JsonObject? options)
    {
        foreach (var (name, _) in options ?? [])
        {
            if (name != option) throw new InvalidTaskException($"Task '{type}' has no option '{name}'. Known options: {option ?? "none"}.");
        }

        string? value = option is null ? null : options?[option]?.ToString();
        return new Run(type, instructions is null ? value ?? "Summarize this document." : $"{instructions} {value}");
    }

    private sealed class Run(string type, string instructions) : ITaskRun
    {
        public async Task<TaskOutcome> RunAsync(TaskContext context, CancellationToken cancellationToken)
        {
            int maxTokens = Math.Min(512, context.Model.Info.ContextLength / 4);
            string text = context.Document.Text;
            int length = text.Length;
            while (context.Model.CountPromptTokens(Messages(text[..length])) + maxTokens > context.Model.Info.ContextLength) length = length * 3 / 4;
            var completions = await context.CompleteAsync(
                [new CompletionRequest { Messages = Messages(text[..length]), MaxTokens = maxTokens }], cancellationToken).ConfigureAwait(false);
            string answer = completions[0].Text;
            double coverage = (double)length / text.Length;
            var json = new JsonObject { ["task"] = type, ["coverage"] = coverage, ["text"] = answer };
            return new TaskOutcome(
                [
                    new ResultFile($"{type}.json", "application/json", JsonSerializer.SerializeToUtf8Bytes(json)),
                    new ResultFile($"{type}.md", "text/markdown; charset=utf-8", Encoding.UTF8.GetBytes(answer + "\n")),
                ],
                coverage);
        }

        private ChatMessage[] Messages(string text) =>
            [ChatMessage.System("You answer from the document you are given."), ChatMessage.User($"{text}\n\n{instructions}")];
    }
}
