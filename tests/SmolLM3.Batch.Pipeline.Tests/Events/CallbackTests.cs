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
    [InlineData(new[] { 200 }, 1, typeof(Settlement.Completed), CallbackState.Delivered)]
    [InlineData(new[] { 503, 429, 204 }, 3, typeof(Settlement.Completed), CallbackState.Delivered)]
    [InlineData(new[] { 500, 500, 500, 500 }, 3, typeof(Settlement.Postponed), CallbackState.Retrying)]
    [InlineData(new[] { 410 }, 1, typeof(Settlement.DeadLettered), CallbackState.Undelivered)]
    public async Task HandleAsync_Callback_IsTriedWhileThatCanHelp(int[] answers, int calls, Type expected, CallbackState noted)
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
        Assert.Equal(
            ("job", "succeeded", "b"), ((string?)bodies[0]["jobId"], (string?)bodies[0]["state"], (string?)bodies[0]["metadata"]!["a"]));
        var callback = (await process.RecordAsync("job")).Callback!;
        Assert.Equal((noted, 1, noted == CallbackState.Delivered), (callback.State, callback.Attempts, callback.Reason is null));
    }

    [Fact]
    public async Task HandleAsync_ReceiverDownForADay_IsGivenUpAndTheRecordSaysSo()
    {
        await using var stack = await LocalStack.StartAsync();
        var up = false;
        var calls = 0;
        await using var server = await ServeAsync(_ => Task.FromResult(Interlocked.Increment(ref calls) > 0 && up ? 200 : 503));
        var process = stack.Process(
            new FakeModel(),
            settings: [.. Local.Where(setting => setting.Item1 != "Outbound:CallbackAttempts"), ("Outbound:CallbackAttempts", "1")]);
        await process.AcceptAsync(JobsOf.Request() with { CallbackUrl = new Uri(server.Urls.First() + "/done") }, "job");
        await process.WorkAsync("job");
        var events = process.GetRequiredService<EventHandling>();
        var first = Delivery.From(Assert.Single(await stack.PeekAsync(QueueNames.Events))) with { EnqueuedAt = stack.Time.GetUtcNow() };

        var waits = new List<TimeSpan>();
        Settlement settlement;
        while ((
            settlement = await events.HandleAsync(first with { Redeliveries = waits.Count })) is Settlement.Postponed { Delay: var delay })
        {
            waits.Add(delay);
            stack.Time.Advance(delay);
        }

        Assert.Equal([5, 10, 20, 40], waits.Take(4).Select(wait => wait.TotalSeconds));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(15)));
        Assert.InRange(waits.Sum(wait => wait.TotalHours), 23.7, 24);
        Assert.Equal("callback_unreachable", Assert.IsType<Settlement.DeadLettered>(settlement).Reason);
        var callback = (await process.RecordAsync("job")).Callback!;
        Assert.Equal((CallbackState.Undelivered, waits.Count + 1), (callback.State, callback.Attempts));
        Assert.Contains("503", callback.Reason);

        // People send the letter again once the receiver is up; a repeat after that calls nobody.
        up = true;
        Assert.Equal(Settlement.Complete, await events.HandleAsync(first with { EnqueuedAt = stack.Time.GetUtcNow() }));
        Assert.Equal(CallbackState.Delivered, (await process.RecordAsync("job")).Callback!.State);
        var before = calls;
        Assert.Equal(Settlement.Complete, await events.HandleAsync(first));
        Assert.Equal(before, calls);
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
