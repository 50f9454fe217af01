using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>Short ways to documents and results.</summary>
internal static class Given
{
    public static async Task<Document> DocumentAsync(string text, string name = "document.md") =>
        await BytesAsync(Encoding.UTF8.GetBytes(text), name);

    public static async Task<Document> BytesAsync(byte[] bytes, string name)
    {
        using var stream = new MemoryStream(bytes);
        return await new DocumentReader().ReadAsync(stream, name, null, CancellationToken.None);
    }

    /// <summary>A document of any text, now Markdown, now plain; null where the text has no words.</summary>
    public static Document? AnyDocument(string text)
    {
        try
        {
            return DocumentAsync(text, text.Length % 2 == 0 ? "a.md" : "a.txt").GetAwaiter().GetResult();
        }
        catch (DocumentException)
        {
            return null;
        }
    }

    public static async Task<TaskResult> RunAsync(ILanguageModel model, Document document, string type, JsonObject? options = null)
    {
        var results = await new DocumentTasks(
            model, TaskCatalog.Default, new FixedTime()).RunAsync(document, [new TaskRequest(type, options)]);
        return results.Single();
    }

    public static string Text(this TaskResult result, string file) =>
        Encoding.UTF8.GetString(result.Files.Single(found => found.Name == file).Content.Span);

    public static JsonObject Json(this TaskResult result, string file) => JsonNode.Parse(result.Text(file))!.AsObject();

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    }
}
