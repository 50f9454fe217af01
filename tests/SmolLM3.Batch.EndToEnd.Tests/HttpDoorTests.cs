using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class HttpDoorTests(PipelineFixture pipeline)
{
    [Fact]
    public async Task Post_InlineText_IsAcceptedComputedAndServedInEveryFormat()
    {
        using var accepted = await PostAsync("""{"text":"The supplier delivers 40 crates each Friday.","tasks":[{"type":"summarize"}]}""");

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var id = JobId.Parse(accepted.Headers.Location!.ToString().Split('/')[^1]);
        var record = await pipeline.WaitForEndAsync(id);
        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);

        var json = await pipeline.Api.GetStringAsync($"api/jobs/{id}/results/summarize?format=json");
        Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(json).ValueKind);
        Assert.StartsWith(
            "<!doctype html>", await pipeline.Api.GetStringAsync($"api/jobs/{id}/results/summarize?format=html"),
            StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(await pipeline.Api.GetStringAsync($"api/jobs/{id}/results/summarize?format=md"));
    }

    [Theory]
    [InlineData("""{"text":"x","tasks":[{"type":"sing"}]}""", "sing")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize"}],"prioritee":"high"}""", "prioritee")]
    [InlineData("""{"tasks":[{"type":"summarize"}]}""", "document")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize","options":{"stile":"bullets"}}]}""", "stile")]
    [InlineData("""{"text":"x",""", "JSON")]
    public async Task Post_BadRequest_IsAProblemThatNamesTheCause(string body, string cause)
    {
        using var response = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(cause, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_UnknownJob_IsNotFound()
    {
        using var response = await pipeline.Api.GetAsync("api/jobs/no-such-job");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Delete_RunningJob_EndsCancelled()
    {
        var text = string.Concat(Enumerable.Range(1, 6_000).Select(line => $"{line}. The keeper of store {line} counts what is there.\n"));
        using var accepted = await PostAsync(JsonSerializer.Serialize(new { text, tasks = new[] { new { type = "summarize" } } }));
        var id = JobId.Parse(accepted.Headers.Location!.ToString().Split('/')[^1]);

        using var cancelled = await pipeline.Api.DeleteAsync($"api/jobs/{id}");

        Assert.True(cancelled.IsSuccessStatusCode, await cancelled.Content.ReadAsStringAsync());
        Assert.Equal(JobState.Cancelled, (await pipeline.WaitForEndAsync(id)).State);
    }

    [Fact]
    public async Task Post_DeadlineInThePast_Expires()
    {
        using var accepted = await PostAsync(JsonSerializer.Serialize(
            new { text = "x", tasks = new[] { new { type = "summarize" } }, deadline = "2020-01-01T00:00:00Z" }));

        if (accepted.StatusCode == HttpStatusCode.BadRequest)
        {
            Assert.Contains("deadline", await accepted.Content.ReadAsStringAsync());
            return;
        }

        var id = JobId.Parse(accepted.Headers.Location!.ToString().Split('/')[^1]);
        Assert.Equal(JobState.Expired, (await pipeline.WaitForEndAsync(id)).State);
    }

    private Task<HttpResponseMessage> PostAsync(string json) =>
        pipeline.Api.PostAsync("api/jobs", new StringContent(json, Encoding.UTF8, "application/json"));
}
