using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

public class WorkProcessorTests
{
    [Fact]
    public async Task ProcessAsync_Job_LeavesResultsManifestRecordAndEvent()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request() with { Metadata = new Dictionary<string, string> { ["case"] = "7" } }, "job");
        stack.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));

        var record = await process.RecordAsync("job");
        Assert.Equal((JobState.Succeeded, 1, null), (record.State, record.Attempts, record.Worker));
        Assert.Equal(record.Progress.Total, record.Progress.Done);
        Assert.True(record.Progress.Total > 0);
        var manifest = (await process.ManifestAsync("job"))!;
        Assert.Equal((3.0, 1), (manifest.Timings.QueueSeconds, manifest.Timings.Attempts));
        Assert.Equal(("fake", "1"), (manifest.Model.Name, manifest.Model.Revision));
        Assert.Equal("7", manifest.Metadata["case"]);
        Assert.Equal(record.Usage, manifest.Usage.Tokens);
        Assert.True(manifest.Usage.PromptTokens > 0);
        Assert.Contains("summarize.json", manifest.Tasks[0].Files.Select(file => file.Name));
        Assert.Equal("job", Assert.Single(await stack.PeekAsync(QueueNames.Events)).SessionId);
    }

    [Fact]
    public async Task ProcessAsync_DeliveredAgainAfterTheEnd_ComputesNothing()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel();
        var process = stack.Process(model);
        await process.AcceptAsync(JobsOf.Request(), "job");
        await process.WorkAsync("job");
        var calls = model.Calls;
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job", 2));
        Assert.Equal(calls, model.Calls);
    }

    [Fact]
    public async Task ProcessAsync_TwoTasksOfOneType_HaveResultsOfTheirOwn()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(new JobRequest { Text = "x y z", Tasks = [JobsOf.Prompt("one"), JobsOf.Prompt("two")] }, "job");
        await process.WorkAsync("job");
        var manifest = (await process.ManifestAsync("job"))!;
        Assert.Equal(["prompt", "prompt-2"], manifest.Tasks.Select(task => task.Name));
        Assert.Contains("prompt-2.json", manifest.Tasks[1].Files.Select(file => file.Name));
    }

    [Fact]
    public async Task ProcessAsync_OneTaskFails_SucceedsPartially()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel
        {
            Before = (call, _) => call == 1 ? throw new PromptTooLongException(10, 20, 5) : Task.CompletedTask,
        };
        var process = stack.Process(model);
        await process.AcceptAsync(new JobRequest { Text = "x y z", Tasks = [JobsOf.Prompt("one"), JobsOf.Prompt("two")] }, "job");
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
        var record = await process.RecordAsync("job");
        Assert.Equal(JobState.PartiallySucceeded, record.State);
        Assert.Equal(ErrorCodes.TasksFailed, record.Error!.Code);
        Assert.Single(record.Outcomes, outcome => outcome.Succeeded);
        Assert.Equal(JobState.PartiallySucceeded, (await process.ManifestAsync("job"))!.State);
    }

    [Fact]
    public async Task ProcessAsync_EmptyDocument_FailsForTheSameReasonAsItsMessage()
    {
        await using var stack = await LocalStack.StartAsync();
        await stack.UploadAsync("a.md", "");
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(new JobRequest { Document = "a.md", Tasks = [new(TaskTypes.Summarize)] }, "job");
        var letter = Assert.IsType<Settlement.DeadLettered>(await process.WorkAsync("job"));
        var record = await process.RecordAsync("job");
        Assert.Equal(JobState.Failed, record.State);
        Assert.Equal((letter.Reason, letter.Description), (record.Error!.Code, record.Error.Message));
        Assert.Equal(ErrorCodes.DocumentUnreadable, letter.Reason);
        Assert.Null(await process.ManifestAsync("job"));
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
    }

    [Theory]
    [InlineData(true, ErrorCodes.DocumentChanged)]
    [InlineData(false, ErrorCodes.DocumentNotFound)]
    public async Task ProcessAsync_DocumentNotTheOneAccepted_Fails(bool overwrite, string code)
    {
        await using var stack = await LocalStack.StartAsync();
        await stack.UploadAsync("a.md", "first");
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(new JobRequest { Document = "a.md", Tasks = [new(TaskTypes.Summarize)] }, "job");
        if (overwrite)
            await stack.UploadAsync("a.md", "second");
        else
            await stack.Blobs.GetBlobContainerClient(ContainerNames.Documents).DeleteBlobAsync("a.md");
        Assert.Equal(code, Assert.IsType<Settlement.DeadLettered>(await process.WorkAsync("job")).Reason);
        Assert.Equal(code, (await process.RecordAsync("job")).Error!.Code);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"jobId":"no/id"}""")]
    [InlineData("""{"jobId":"nobody"}""")]
    public async Task ProcessAsync_NoWorkMessage_GoesToTheDeadLetters(string body)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        var delivery = new Delivery(System.Text.Encoding.UTF8.GetBytes(body), "m");
        var processor = (WorkProcessor)process.GetService(typeof(WorkProcessor))!;
        Assert.IsType<Settlement.DeadLettered>(await processor.ProcessAsync(delivery, "w"));
    }

    [Fact]
    public async Task ProcessAsync_CancelledWhileItRuns_EndsWithinSeconds()
    {
        await using var stack = await LocalStack.StartAsync();
        var started = new TaskCompletionSource();
        var process = stack.Process(
            new FakeModel { Before = (_, token) => { started.TrySetResult(); return Task.Delay(Timeout.Infinite, token); } });
        await process.AcceptAsync(JobsOf.Request(), "job");
        var work = process.WorkAsync("job");
        await started.Task;
        var asked = stack.Time.GetUtcNow();
        var record = await ((JobDirectory)process.GetService(typeof(JobDirectory))!).CancelAsync(JobId.Parse("job"));
        Assert.Equal(JobState.Running, record!.State);

        await stack.Time.UntilAsync(() => work.IsCompleted);
        Assert.Equal(Settlement.Complete, await work);
        record = await process.RecordAsync("job");
        Assert.Equal(JobState.Cancelled, record.State);
        Assert.InRange((record.FinishedAt!.Value - asked).TotalSeconds, 0, 30);
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
    }

    [Fact]
    public async Task ProcessAsync_CancelledBefore_ComputesNothing()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel();
        var process = stack.Process(model);
        await process.AcceptAsync(JobsOf.Request(), "job");
        var record = await ((JobDirectory)process.GetService(typeof(JobDirectory))!).CancelAsync(JobId.Parse("job"));
        Assert.Equal(JobState.Cancelled, record!.State);
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
        Assert.Equal(0, model.Calls);
    }

    [Fact]
    public async Task ProcessAsync_DeadlinePassesWhileItRuns_Expires()
    {
        await using var stack = await LocalStack.StartAsync();
        var started = new TaskCompletionSource();
        var process = stack.Process(
            new FakeModel { Before = (_, token) => { started.TrySetResult(); return Task.Delay(Timeout.Infinite, token); } });
        await process.AcceptAsync(JobsOf.Request() with { Deadline = stack.Time.GetUtcNow().AddMinutes(1) }, "job");
        var work = process.WorkAsync("job");
        await started.Task;
        await stack.Time.UntilAsync(() => work.IsCompleted, TimeSpan.FromSeconds(10));
        Assert.Equal(Settlement.Complete, await work);
        Assert.Equal(
            (JobState.Expired, ErrorCodes.DeadlinePassed),
            ((await process.RecordAsync("job")).State, (await process.RecordAsync("job")).Error!.Code));
    }

    [Fact]
    public async Task ProcessAsync_DeadlinePassedInTheQueue_Expires()
    {
        await using var stack = await LocalStack.StartAsync();
        var model = new FakeModel();
        var process = stack.Process(model);
        await process.AcceptAsync(JobsOf.Request() with { Deadline = stack.Time.GetUtcNow().AddMinutes(1) }, "job");
        stack.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
        Assert.Equal(JobState.Expired, (await process.RecordAsync("job")).State);
        Assert.Equal(0, model.Calls);
    }

    [Fact]
    public async Task ProcessAsync_ShutDown_GivesTheJobBackWithItsFinishedCompletions()
    {
        await using var stack = await LocalStack.StartAsync();
        var blocked = new TaskCompletionSource();
        var first = new FakeModel { Before = (call, token) => call == 1 ? Task.CompletedTask : Block(token) };
        var process = stack.Process(first);
        await process.AcceptAsync(new JobRequest { Text = "x y z", Tasks = [JobsOf.Prompt("one"), JobsOf.Prompt("two")] }, "job");
        using var shutdown = new CancellationTokenSource();
        var work = process.WorkAsync("job", 1, shutdown.Token);
        await blocked.Task;
        await stack.Time.UntilAsync(
            async () => (await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.CheckpointPrefix(JobId.Parse("job")))).Count == 1,
            TimeSpan.Zero);
        await shutdown.CancelAsync();
        Assert.Equal(Settlement.Abandon, await work);
        Assert.Null((await process.RecordAsync("job")).Worker);

        // Released: the next worker need not wait for a heartbeat to go stale.
        var second = new FakeModel();
        Assert.Equal(Settlement.Complete, await stack.Process(second).WorkAsync("job", 2));
        Assert.Equal(1, second.Calls);
        Assert.Equal((JobState.Succeeded, 2), ((await process.RecordAsync("job")).State, (await process.RecordAsync("job")).Attempts));

        Task Block(CancellationToken token)
        {
            blocked.TrySetResult();
            return Task.Delay(Timeout.Infinite, token);
        }
    }

    [Fact]
    public async Task ProcessAsync_ModelFails_IsTriedAgainAndThenFails()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel { Before = (_, _) => throw new IOException("the device fell off the bus") });
        await process.AcceptAsync(JobsOf.Request(), "job");
        for (var delivery = 1; delivery < 10; delivery++)
        {
            var before = stack.Time.GetUtcNow();
            var work = process.WorkAsync("job", delivery);
            await stack.Time.UntilAsync(() => work.IsCompleted, TimeSpan.FromSeconds(0.5));
            Assert.Equal(Settlement.Abandon, await work);
            Assert.True(stack.Time.GetUtcNow() - before >= TimeSpan.FromSeconds(Math.Min(Math.Pow(2, delivery - 1), 60)), "no backoff");
            Assert.Equal(JobState.Running, (await process.RecordAsync("job")).State);
        }
        var letter = Assert.IsType<Settlement.DeadLettered>(await process.WorkAsync("job", 10));
        var record = await process.RecordAsync("job");
        Assert.Equal((JobState.Failed, letter.Reason, letter.Description), (record.State, record.Error!.Code, record.Error.Message));
        Assert.Contains("the device fell off the bus", record.Error.Message);
    }

    [Fact]
    public async Task ProcessAsync_AnotherWorkerLives_WaitsAndFindsTheJobDone()
    {
        await using var stack = await LocalStack.StartAsync();
        var go = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var first = stack.Process(new FakeModel { Before = (_, _) => { started.TrySetResult(); return go.Task; } });
        var second = new FakeModel();
        await first.AcceptAsync(JobsOf.Request(), "job");
        var work = first.WorkAsync("job");
        await started.Task;
        var repeat = stack.Process(second).WorkAsync("job", 2);
        // Longer than the grace, in steps that let the first worker's heart beat.
        for (var i = 0; i < 45; i++)
        {
            stack.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20);
        }
        Assert.False(repeat.IsCompleted);
        go.SetResult();
        Assert.Equal(Settlement.Complete, await work);
        await stack.Time.UntilAsync(() => repeat.IsCompleted);
        Assert.Equal(Settlement.Complete, await repeat);
        Assert.Equal(0, second.Calls);
    }

    [Fact]
    public async Task ProcessAsync_WorkerFrozen_LosesItsClaimAndSpoilsNothing()
    {
        await using var stack = await LocalStack.StartAsync();
        var thaw = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var frozenTime = new ManualTime();
        var frozen = stack.Process(new FakeModel { Before = (_, _) => { started.TrySetResult(); return thaw.Task; } }, time: frozenTime);
        await frozen.AcceptAsync(JobsOf.Request(), "job");
        var work = frozen.WorkAsync("job");
        await started.Task;

        // Its clock stands still, so its heart does not beat; the others' goes on.
        stack.Time.Advance(TimeSpan.FromMinutes(5));
        var process = stack.Process(new FakeModel());
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job", 2));
        var done = await process.ManifestAsync("job");

        thaw.SetResult();
        Assert.Equal(Settlement.Abandon, await work);
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job", 3));
        Assert.Equivalent(done, await process.ManifestAsync("job"));
        Assert.Equal(2, (await process.RecordAsync("job")).Attempts);
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
    }
}
