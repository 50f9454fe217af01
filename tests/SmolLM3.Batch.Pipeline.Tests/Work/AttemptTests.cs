using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Work;

/// <summary>What counts as an attempt, and what happens when they are used up.</summary>
public class AttemptTests
{
    [Fact]
    public async Task ProcessAsync_TwentyLeavesAndCrashes_OnlyCrashesCount()
    {
        await using var stack = await LocalStack.StartAsync();
        var started = new TaskCompletionSource();
        var process = stack.Process(
            new FakeModel { Before = (_, token) => { started.TrySetResult(); return Task.Delay(Timeout.Infinite, token); } });
        await process.AcceptAsync(JobsOf.Request(), "job");
        for (var delivery = 1; delivery <= 20; delivery++)
        {
            started = new TaskCompletionSource();
            using var shutdown = new CancellationTokenSource();
            var work = process.WorkAsync("job", delivery, shutdown.Token);
            await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await shutdown.CancelAsync();
            Assert.Equal(Settlement.Abandon, await work);
        }
        Assert.Equal((20, 0), ((await process.RecordAsync("job")).Attempts, (await process.RecordAsync("job")).FailedAttempts));

        // Deaths leave a claim that goes stale.
        for (var death = 1; death <= 10; death++)
        {
            await process.GetRequiredService<JobClaims>().ClaimAsync(JobId.Parse("job"), $"dead-{death}");
            stack.Time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(JobState.Running, (await process.RecordAsync("job")).State);
        var letter = Assert.IsType<Settlement.DeadLettered>(await process.WorkAsync("job", 31));
        var record = await process.RecordAsync("job");
        Assert.Equal(
            (JobState.Failed, ErrorCodes.AttemptsExhausted, letter.Description), (record.State, record.Error!.Code, record.Error.Message));
        Assert.Contains("10 times", record.Error.Message);
    }

    [Fact]
    public async Task ProcessAsync_StorageAwayForTwentyDeliveries_CostsNoAttempt()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "job");
        var cut = stack.Process(new FakeModel(), storage: LocalStack.Unreachable);
        for (var delivery = 1; delivery <= 20; delivery++)
        {
            var work = cut.WorkAsync("job", delivery);
            await stack.Time.UntilAsync(() => work.IsCompleted, TimeSpan.FromSeconds(30));
            Assert.Equal(Settlement.Abandon, await work);
        }
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job", 21));
        Assert.Equal((JobState.Succeeded, 1), ((await process.RecordAsync("job")).State, (await process.RecordAsync("job")).Attempts));
    }

    [Fact]
    public async Task ProcessAsync_RecordDamaged_GoesToTheDeadLettersInTheEnd()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "job");
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.Record(JobId.Parse("job")))
            .UploadAsync(BinaryData.FromString("{\"id\":"), overwrite: true);
        var first = process.WorkAsync("job", 1);
        await stack.Time.UntilAsync(() => first.IsCompleted);
        Assert.Equal(Settlement.Abandon, await first);
        var letter = Assert.IsType<Settlement.DeadLettered>(await process.WorkAsync("job", 10));
        Assert.Contains("jobs/job/job.json is damaged", letter.Description);
    }
}
