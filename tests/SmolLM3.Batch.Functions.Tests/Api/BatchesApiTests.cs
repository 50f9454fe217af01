using System.Text.Json.Nodes;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline;
using SmolLM3.Batch.Pipeline.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace SmolLM3.Batch.Functions.Tests.Api;

public class BatchesApiTests
{
    private const string Line = """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}""";

    [Fact]
    public async Task Batch_FromUploadToOutput_HasTheFieldsOfTheOpenAIApi()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var (files, batches) = (http.Api<FilesApi>(), http.Api<BatchesApi>());

        var file = (await http.CallAsync(
            request => files.CreateFile(request, default), Form("batch", Line), contentType: "multipart/form-data; boundary=cut")).Json;
        Assert.Equal(["id", "object", "bytes", "created_at", "expires_at", "filename", "purpose", "status", "status_details"], Names(file));
        Assert.Equal(
            ("file", Line.Length, "in.jsonl", "batch"),
            ((string?)file["object"], (int)file["bytes"]!, (string?)file["filename"], (string?)file["purpose"]));

        var body = """{"input_file_id":"FILE","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"k":"v"}}""".Replace("FILE", (string?)file["id"]);
        var batch = (await http.CallAsync(request => batches.CreateBatch(request, default), body)).Json;
        Assert.Equal(
            [
                "id", "object", "endpoint", "model", "errors", "input_file_id", "completion_window", "status", "output_file_id",
                "error_file_id", "created_at", "in_progress_at",
                "expires_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at", "request_counts",
                "usage", "metadata",
            ],
            Names(batch));
        var id = (string)batch["id"]!;
        Assert.Equal(
            ("validating", 86400, "v"),
            ((string?)batch["status"], (long)batch["expires_at"]! - (long)batch["created_at"]!, (string?)batch["metadata"]!["k"]));

        await http.Process.GetRequiredService<BatchService>().PlanAsync(id);
        Assert.Equal("in_progress", (string?)(await GetAsync())["status"]);
        await http.Process.WorkAsync($"{id}-00001");
        await http.Process.GetRequiredService<BatchService>().AdvanceAsync(id);
        batch = await GetAsync();
        Assert.Equal(("completed", 1, 1, 0), (
            (string?)batch["status"], (int)batch["request_counts"]!["total"]!, (int)batch["request_counts"]!["completed"]!,
            (int)batch["request_counts"]!["failed"]!));
        var output = await http.CallAsync(request => files.GetFileContent(request, (string)batch["output_file_id"]!, default));
        Assert.Equal("a", (string?)JsonNode.Parse(output.Body)!["custom_id"]);
        var line = JsonNode.Parse(output.Body)!["response"]!["body"]!["usage"]!;
        Assert.Equal("fake", (string?)batch["model"]);
        Assert.Equal((5, 1, 3, 0, 8), UsageOf(batch["usage"]!));
        Assert.Equal((5, 3, 8), ((int)line["prompt_tokens"]!, (int)line["completion_tokens"]!, (int)line["total_tokens"]!));
        Assert.Equal(400, (await http.CallAsync(request => batches.CancelBatch(request, id, default))).Status);

        static (int, int, int, int, int) UsageOf(JsonNode usage) => (
            (int)usage["input_tokens"]!, (int)usage["input_tokens_details"]!["cached_tokens"]!, (int)usage["output_tokens"]!,
            (int)usage["output_tokens_details"]!["reasoning_tokens"]!, (int)usage["total_tokens"]!);

        async Task<JsonNode> GetAsync() => (await http.CallAsync(request => batches.GetBatch(request, id, default))).Json;
    }

    [Fact]
    public async Task Files_ListAndDelete_Work()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var files = http.Api<FilesApi>();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((string)(await http.CallAsync(
                request => files.CreateFile(request, default), Form("batch", Line),
                contentType: "multipart/form-data; boundary=cut")).Json["id"]!);
            stack.Time.Advance(TimeSpan.FromSeconds(1));
        }
        var page = (await http.CallAsync(request => files.ListFiles(request, default), query: "?limit=2&order=asc")).Json;
        Assert.Equal(ids[..2], page["data"]!.AsArray().Select(file => (string)file!["id"]!));
        Assert.Equal((true, ids[1]), ((bool)page["has_more"]!, (string)page["last_id"]!));
        page = (await http.CallAsync(request => files.ListFiles(request, default), query: $"?order=asc&after={ids[1]}")).Json;
        Assert.Equal(ids[2], (string?)Assert.Single(page["data"]!.AsArray())!["id"]);

        Assert.True((bool)(await http.CallAsync(request => files.DeleteFile(request, ids[0], default))).Json["deleted"]!);
        Assert.Equal(404, (await http.CallAsync(request => files.GetFile(request, ids[0], default))).Status);
        Assert.Equal(404, (await http.CallAsync(request => files.GetFile(request, "../job", default))).Status);
    }

    [Fact]
    public async Task Batches_ListByPages_NewestFirstAndDamagedOnesLeftOut()
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var batches = http.Api<BatchesApi>();
        var file = (string)(await http.CallAsync(
            request => http.Api<FilesApi>().CreateFile(request, default), Form("batch", Line),
            contentType: "multipart/form-data; boundary=cut")).Json["id"]!;
        var body = """{"input_file_id":"FILE","endpoint":"/v1/chat/completions","completion_window":"24h"}""".Replace("FILE", file);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Insert(0, (string)(await http.CallAsync(request => batches.CreateBatch(request, default), body)).Json["id"]!);
            stack.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.BatchRecord(ids[1]))
            .UploadAsync(new BinaryData("{ cut"), overwrite: true);
        ids.RemoveAt(1);

        var (listed, query, pages) = (new List<string>(), "?limit=2", 0);
        for (var more = true; more; pages++)
        {
            var page = (await http.CallAsync(request => batches.ListBatches(request, default), query: query)).Json;
            listed.AddRange(page["data"]!.AsArray().Select(batch => (string)batch!["id"]!));
            more = (bool)page["has_more"]!;
            query = $"?limit=2&after={(string?)page["last_id"]}";
        }
        Assert.Equal(ids, listed);
        Assert.Equal(3, pages);
        Assert.Equal(400, (await http.CallAsync(request => batches.ListBatches(request, default), query: "?after=batch_none")).Status);
    }

    [Theory]
    [InlineData("""{"input_file_id":"file-x","endpoint":"/v1/chat/completions","completion_window":"24h"}""", "input_file_id")]
    [InlineData("""{"input_file_id":"file-x","endpoint":"/v1/embeddings","completion_window":"24h"}""", "endpoint")]
    [InlineData("""{"input_file_id":"file-x","endpoint":"/v1/chat/completions","completion_window":"1h"}""", "completion_window")]
    [InlineData("""{"endpoint":"/v1/chat/completions","completion_window":"24h"}""", "input_file_id")]
    [InlineData("""{"input_file_id":"file-x","endpoint":"/v1/chat/completions","completion_window":"24h","extra":1}""", "extra")]
    [InlineData("not json", null)]
    public async Task CreateBatch_WrongRequest_IsAnErrorOfTheOpenAIShape(string body, string? param)
    {
        await using var stack = await LocalStack.StartAsync();
        using var http = new ApiHarness(stack);
        var batches = http.Api<BatchesApi>();
        var answer = await http.CallAsync(request => batches.CreateBatch(request, default), body);
        Assert.Equal(400, answer.Status);
        var error = answer.Json["error"]!;
        Assert.Equal(["message", "type", "param", "code"], Names(error));
        Assert.Equal(("invalid_request_error", param), ((string?)error["type"], (string?)error["param"]));
    }

    private static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(property => property.Key);

    private static string Form(string purpose, string content) =>
        $"--cut\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n{purpose}\r\n--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n{content}\r\n--cut--\r\n";
}
