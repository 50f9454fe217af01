using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Batches;

/// <summary>Short forms of what tests do with batches.</summary>
internal static class BatchSteps
{
    public static async Task<BatchRecord> RunAsync(ServiceProvider process, string content)
    {
        var batch = await CreateAsync(process, content);
        await PlanAsync(process, batch.Id);
        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        foreach (var shard in batch.Shards)
        {
            Assert.Equal(Settlement.Complete, await process.WorkAsync(shard.JobId.ToString()));
            await process.GetRequiredService<BatchService>().AdvanceAsync(batch.Id);
        }
        return (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
    }

    public static async Task<BatchRecord> CreateAsync(ServiceProvider process, string content)
    {
        var file = await process.GetRequiredService<FileStore>().CreateAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), "in.jsonl");
        return await process.GetRequiredService<BatchService>().CreateAsync(
            file!, ChatLineReader.Endpoint, "24h", new Dictionary<string, string>());
    }

    public static async Task PlanAsync(ServiceProvider process, string id) => Assert.Equal(
        Settlement.Complete,
        await process.GetRequiredService<MessageIntake>().HandleAsync(
            new Delivery(Encoding.UTF8.GetBytes($$"""{"batchId":"{{id}}"}"""), id) { Subject = BatchMessage.Subject }));

    public static async Task<List<JsonNode>> ReadAsync(ServiceProvider process, string? fileId)
    {
        var files = process.GetRequiredService<FileStore>();
        var file = await files.FindAsync(fileId!);
        using var reader = new StreamReader((await files.OpenAsync(file!))!);
        var text = await reader.ReadToEndAsync();
        Assert.Equal(file!.Bytes, Encoding.UTF8.GetByteCount(text));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    public static string Line(string id, string content) => new JsonObject
    {
        ["custom_id"] = id, ["method"] = "POST", ["url"] = ChatLineReader.Endpoint,
        ["body"] = new JsonObject { ["model"] = "m", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content }) },
    }.ToJsonString();
}
