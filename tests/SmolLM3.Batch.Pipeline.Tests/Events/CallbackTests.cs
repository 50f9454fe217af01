using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Events;

public class CallbackTests
{
    private static readonly (string, string)[] Local =
        [("Outbound:AllowHttp", "true"), ("Outbound:AllowPrivateAddresses", "true"), ("Outbound:CallbackAttempts", "3"), ("Outbound:CallbackDelay", "00:00:00.010")];

    [Theory]
    [InlineData(new[] { 200 }, 1, typeof(Settlement.Completed))]
    [InlineData(new[] { 503, 429, 204 }, 3, typeof(Settlement.Completed))]
    [InlineData(new[] { 500, 500, 500, 500 }, 3, typeof(Settlement.Abandoned))]
    [InlineData(new[] { 410 }, 1, typeof(Settlement.DeadLettered))]
    public async Task HandleAsync_Callback_IsTriedWhileThatCanHelp(int[] answers, int calls, Type expected)
    {
        await using var stack = await LocalStack.StartAsync();
        var bodies = new List<JsonNode>();
        await using var server = await ServeAsync(async request =>
        {
            bodies.Add(JsonNode.Parse(await new StreamReader(request.Body).ReadToEndAsync())!);
            return answers[Math.Min(bodies.Count, answers.Length) - 1];
        });
        var process = stack.Process(new FakeModel(), time: TimeProvider.System, settings: Local);
        await process.AcceptAsync(JobsOf.Request() with { CallbackUrl = new Uri(server.Urls.First() + "/done"), Metadata = new Dictionary<string, string> { ["a"] = "b" } }, "job");
        await process.WorkAsync("job");

        var message = Assert.Single(await stack.PeekAsync(QueueNames.Events));
        Assert.IsType(expected, await process.GetRequiredService<EventHandling>().HandleAsync(Delivery.From(message)));
        Assert.Equal(calls, bodies.Count);
        Assert.Equal(("job", "succeeded", "b"), ((string?)bodies[0]["jobId"], (string?)bodies[0]["state"], (string?)bodies[0]["metadata"]!["a"]));
    }

    [Fact]
    public async Task ProcessAsync_DocumentBehindAUrl_IsFetchedWithinLimits()
    {
        await using var stack = await LocalStack.StartAsync();
        await using var server = await ServeAsync(_ => Task.FromResult(200), "# Title\n\nThe rent is 900 euros.\n");
        var process = stack.Process(new FakeModel(), time: TimeProvider.System, settings: Local);
        var request = new JobRequest { Document = server.Urls.First() + "/docs/lease.md?sig=secret", Tasks = [JobsOf.Prompt("How much?")] };
        await process.AcceptAsync(request, "job");
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
        Assert.Equal("lease.md", (await process.RecordAsync("job")).Document!.Name);

        var strict = stack.Process(new FakeModel(), time: TimeProvider.System, settings: [.. Local, ("Outbound:MaxDocumentBytes", "10")]);
        await strict.AcceptAsync(request, "large");
        var letter = Assert.IsType<Settlement.DeadLettered>(await strict.WorkAsync("large"));
        Assert.Equal(ErrorCodes.DocumentTooLarge, letter.Reason);
        Assert.DoesNotContain("secret", letter.Description);
    }

    private static async Task<WebApplication> ServeAsync(Func<HttpRequest, Task<int>> answer, string? content = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            context.Response.StatusCode = await answer(context.Request);
            if (content is not null)
                await context.Response.WriteAsync(content);
        });
        await app.StartAsync();
        return app;
    }
}
