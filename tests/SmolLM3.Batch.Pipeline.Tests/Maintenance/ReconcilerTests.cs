using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Maintenance;

public class ReconcilerTests
{
    [Fact]
    public async Task RunAsync_AdmittedAndNeverQueued_IsQueued()
    {
        await using var stack = await LocalStack.StartAsync();
        // Its effects are the text, the marker, the record and the message: it dies before the last.
        var plan = new CrashPlan(4, afterEffect: false);
        await Assert.ThrowsAsync<CrashException>(() => stack.Process(plan: plan).AcceptAsync(JobsOf.Request(), "job"));
        Assert.Empty(await stack.PeekAsync(QueueNames.Work));

        var process = stack.Process(new FakeModel());
        var reconciler = process.GetRequiredService<Reconciler>();
        Assert.Equal(0, await reconciler.RunAsync());
        stack.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await reconciler.RunAsync());
        Assert.Single(await stack.PeekAsync(QueueNames.Work));
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
    }

    [Fact]
    public async Task RunAsync_QueuedBehindALongQueue_IsLeftAlone()
    {
        await using var stack = await LocalStack.StartAsync();
        var queue = new FixedQueue();
        var process = Process(stack, queue);
        await process.AcceptAsync(JobsOf.Request(), "job");
        stack.Time.Advance(TimeSpan.FromHours(3));
        queue.Oldest = stack.Time.GetUtcNow().AddHours(-3);
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
        queue.Oldest = stack.Time.GetUtcNow().AddHours(-1);
        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());
    }

    [Fact]
    public async Task RunAsync_PastItsDeadline_Expires()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await process.AcceptAsync(JobsOf.Request() with { Deadline = stack.Time.GetUtcNow().AddMinutes(10) }, "job");
        stack.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());
        Assert.Equal(JobState.Expired, (await process.RecordAsync("job")).State);
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
    }

    [Fact]
    public async Task RunAsync_CancelledUnderADeadWorker_Ends()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await process.AcceptAsync(JobsOf.Request(), "job");
        await process.GetRequiredService<JobClaims>().ClaimAsync(JobId.Parse("job"), "dead");
        await process.GetRequiredService<JobDirectory>().CancelAsync(JobId.Parse("job"));
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
        stack.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());
        Assert.Equal(JobState.Cancelled, (await process.RecordAsync("job")).State);
    }

    [Fact]
    public async Task RunAsync_OverButNotAnnounced_IsAnnounced()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await process.AcceptAsync(JobsOf.Request(), "job");
        await process.GetRequiredService<JobStore>().UpdateAsync(JobId.Parse("job"), record => record.Cancel(stack.Time.GetUtcNow()));
        stack.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActivePrefix));
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
    }

    [Fact]
    public async Task DeadLetterDrain_SetAsideByServiceBusItself_FailsTheJobAndLeavesTheLetter()
    {
        await using var stack = await LocalStack.StartAsync(workDeliveries: 10);
        var process = stack.Process();
        await process.AcceptAsync(JobsOf.Request(), "job");
        await using (var receiver = stack.Bus.CreateReceiver(QueueNames.Work))
        {
            // Ten deliveries, each ending as a crash would: the queue gives up.
            for (var delivery = 0; delivery < 10; delivery++)
                await receiver.AbandonMessageAsync((await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(30)))!);
        }
        var drain = process.GetRequiredService<DeadLetterDrain>();
        Assert.Equal(1, await drain.RunAsync());
        var record = await process.RecordAsync("job");
        Assert.Equal((JobState.Failed, ErrorCodes.AttemptsExhausted), (record.State, record.Error!.Code));
        Assert.Single(await stack.PeekAsync(QueueNames.Work, Azure.Messaging.ServiceBus.SubQueue.DeadLetter));
        Assert.Equal(0, await drain.RunAsync());
    }

    private static ServiceProvider Process(LocalStack stack, IWorkQueueInspector queue)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(stack.Time).AddSingleton(queue);
        services.AddSmolLM3Pipeline(stack.Configuration());
        return stack.Own(services.BuildServiceProvider());
    }

    private sealed class FixedQueue : IWorkQueueInspector
    {
        public DateTimeOffset? Oldest { get; set; }

        public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken = default) => Task.FromResult(Oldest);
    }
}
