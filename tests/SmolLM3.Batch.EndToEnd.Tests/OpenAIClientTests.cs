using System.Text.Json;

namespace SmolLM3.Batch.EndToEnd.Tests;

/// <summary>The batch API as its users meet it: through the official client for JavaScript.</summary>
public sealed class OpenAIClientTests(PipelineFixture pipeline)
{
    private const string Version = "6.49.0";

    [Fact]
    public async Task Client_UploadsCreatesPollsReadsListsAndDeletes()
    {
        var input = await WriteAsync([Line("a", 4), Line("b", 4), "this is broken", Line("c", 4).Replace(
            "\"messages\"", "\"n\":2,\"messages\"", StringComparison.Ordinal)]);

        var seen = await RunAsync(input, "complete");

        var batch = seen.GetProperty("batch");
        Assert.Equal("validating", seen.GetProperty("created").GetProperty("status").GetString());
        Assert.Equal("completed", batch.GetProperty("status").GetString());
        Assert.Equal("npm", batch.GetProperty("metadata").GetProperty("who").GetString());
        Assert.Equal((4, 2, 2), Counts(batch));
        Assert.Equal(["a", "b"], Ids(seen.GetProperty("output")));
        Assert.Equal([null, "c"], Ids(seen.GetProperty("errors")));
        var bodies = seen.GetProperty("output").EnumerateArray().Select(line => line.GetProperty("response").GetProperty("body")).ToList();
        Assert.All(
            bodies,
            body => Assert.Equal("assistant", body.GetProperty("choices")[0].GetProperty("message").GetProperty("role").GetString()));
        AssertUsage(batch, bodies);
        Assert.True(seen.GetProperty("same").GetBoolean());
        Assert.Equal(Strings(seen.GetProperty("order")), Strings(seen.GetProperty("batches")).Take(2));
        Assert.Contains(seen.GetProperty("file").GetProperty("id").GetString(), Strings(seen.GetProperty("files")));
        Assert.True(seen.GetProperty("deleted").GetProperty("deleted").GetBoolean());
        Assert.Equal(("NotFoundError", 404), Error(seen.GetProperty("gone")));
        Assert.Equal(("NotFoundError", 404), Error(seen.GetProperty("unknown")));
        Assert.Equal(("BadRequestError", 400), Error(seen.GetProperty("wrong")));
        Assert.Equal("endpoint", seen.GetProperty("wrong").GetProperty("param").GetString());
        Assert.Equal(("BadRequestError", 400), Error(seen.GetProperty("late")));
    }

    [Fact]
    public async Task Client_CancelsInTheMiddle_GetsWhatIsAnswered()
    {
        var input = await WriteAsync(
            [Line("short-1", 2), Line("short-2", 2), .. Enumerable.Range(1, 12).Select(i => Line($"long-{i}", 5000, LongAnswer))]);

        var seen = await RunAsync(input, "cancel");

        // Where the worker lets go at once, the batch is over when the call returns.
        Assert.Contains(seen.GetProperty("cancelling").GetProperty("status").GetString(), (string[])["cancelling", "cancelled"]);
        var batch = seen.GetProperty("batch");
        Assert.Equal("cancelled", batch.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Number, batch.GetProperty("cancelled_at").ValueKind);
        var (output, errors) = (Ids(seen.GetProperty("output")).ToList(), Ids(seen.GetProperty("errors")).ToList());
        Assert.Contains("short-1", output);
        Assert.Contains("short-2", output);
        Assert.Equal(14, output.Concat(errors).Distinct().Count());
        Assert.Equal((14, output.Count, 0), Counts(batch));
        Assert.NotEmpty(errors);
        Assert.All(
            seen.GetProperty("errors").EnumerateArray(),
            line => Assert.Equal("batch_cancelled", line.GetProperty("error").GetProperty("code").GetString()));
        AssertUsage(
            batch, [.. seen.GetProperty("output").EnumerateArray().Select(line => line.GetProperty("response").GetProperty("body"))]);
    }

    private Task<JsonElement> RunAsync(string input, string verb) =>
        Node.RunAsync("openai.mjs", "openai", Version, pipeline.Api.BaseAddress!.ToString().TrimEnd('/'), input, verb);

    private async Task<string> WriteAsync(IEnumerable<string> lines)
    {
        var path = Path.Combine(pipeline.Folder, $"{Guid.NewGuid():n}.jsonl");
        await File.WriteAllLinesAsync(path, lines);
        return path;
    }

    /// <summary>An answer that no model can end early.</summary>
    private static readonly object LongAnswer = new
    {
        type = "json_schema",
        json_schema = new { name = "flags", strict = true, schema = new
        {
            type = "object", required = (string[])["flags"], additionalProperties = false,
            properties = new { flags = new { type = "array", items = new { type = "boolean" }, minItems = 1000, maxItems = 1000 } },
        } },
    };

    private static string Line(string id, int tokens, object? format = null) => JsonSerializer.Serialize(new
    {
        custom_id = id,
        method = "POST",
        url = "/v1/chat/completions",
        body = new { model = "any", max_tokens = tokens, response_format = format ?? new { type = "text" }, messages = new[] { new { role = "user", content = $"Count the crates of store {id}." } } },
    });

    // The batch's tokens are those of its answers.
    private static void AssertUsage(JsonElement batch, List<JsonElement> bodies)
    {
        var usage = batch.GetProperty("usage");
        Assert.Equal(
            bodies.Sum(body => body.GetProperty("usage").GetProperty("prompt_tokens").GetInt64()),
            usage.GetProperty("input_tokens").GetInt64());
        Assert.Equal(
            bodies.Sum(body => body.GetProperty("usage").GetProperty("completion_tokens").GetInt64()),
            usage.GetProperty("output_tokens").GetInt64());
        Assert.Equal(
            bodies.Sum(body => body.GetProperty("usage").GetProperty("total_tokens").GetInt64()),
            usage.GetProperty("total_tokens").GetInt64());
        Assert.Equal(0, usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt64());
        Assert.Equal(bodies[0].GetProperty("model").GetString(), batch.GetProperty("model").GetString());
    }

    private static (int Total, int Completed, int Failed) Counts(JsonElement batch)
    {
        var counts = batch.GetProperty("request_counts");
        return (
            counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32());
    }

    private static (string?, int) Error(JsonElement error) =>
        (error.GetProperty("type").GetString(), error.GetProperty("status").GetInt32());

    private static IEnumerable<string?> Ids(JsonElement lines) =>
        lines.EnumerateArray().Select(line => line.GetProperty("custom_id").GetString());

    private static IEnumerable<string?> Strings(JsonElement values) => values.EnumerateArray().Select(value => value.GetString());
}
