using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
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
        var admitted = stack.Time.GetUtcNow();
        stack.Time.Advance(TimeSpan.FromHours(3));
        queue.Head = new QueuedWork(new HashSet<JobId>(), admitted);
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
        queue.Head = new QueuedWork(new HashSet<JobId> { JobId.Parse("job") }, null);
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
        queue.Head = new QueuedWork(new HashSet<JobId>(), admitted.AddMinutes(5));
        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());
    }

    [Fact]
    public async Task RunAsync_LongJobAtTheHead_DelaysNobodysRepair()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "long");
        await using var receiver = stack.Bus.CreateReceiver(QueueNames.Work);
        Assert.NotNull(await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)));
        await process.GetRequiredService<JobClaims>().ClaimAsync(JobId.Parse("long"), "worker");
        await Assert.ThrowsAsync<CrashException>(
            () => stack.Process(plan: new CrashPlan(4, afterEffect: false)).AcceptAsync(JobsOf.Request(), "lost"));
        await process.AcceptAsync(JobsOf.Request(), "waiting");
        stack.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());

        var queued = (await stack.PeekAsync(QueueNames.Work)).Select(message => WorkMessages.JobOf(message.Body).ToString());
        Assert.Equal(["long", "waiting", "lost"], queued);
        Assert.Equal(0, await process.GetRequiredService<Reconciler>().RunAsync());
    }

    [Fact]
    public async Task RunAsync_MarkerOfASlowAdmission_ComesBack()
    {
        await using var stack = await LocalStack.StartAsync();
        var jobs = stack.Process().GetRequiredService<JobStore>();
        var id = JobId.Parse("slow");
        // Two admissions, each paused before its record: one whose marker is removed before the record is there, one whose is while it
        // comes.
        await MarkAsync();
        var marker = (await jobs.ListActiveAsync().ToListAsync()).Single().Marker;
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.Record(id))
            .UploadAsync(BinaryData.FromObjectAsJson(Accepted(id), Serialization.BatchJson.Default.Options));
        Assert.False(await jobs.RemoveOrphanAsync(id, marker));
        Assert.Single(await jobs.ListActiveAsync().ToListAsync());

        await MarkAsync();
        Assert.False(await jobs.RemoveOrphanAsync(id, marker));
        Assert.Single(await jobs.ListActiveAsync().ToListAsync());

        Task MarkAsync() => stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.Active(id)).UploadAsync(
            BinaryData.FromString(""), overwrite: true);
    }

    [Fact]
    public async Task TryCreateAsync_PausedBetweenMarkerAndRecord_MarksAgain()
    {
        await using var stack = await LocalStack.StartAsync();
        var other = stack.Process().GetRequiredService<JobStore>();
        var paused = new BlobClientOptions();
        paused.AddPolicy(new Pause(message => message.Request.Uri.Path.EndsWith("/job.json", StringComparison.Ordinal), async () =>
        {
            stack.Time.Advance(TimeSpan.FromMinutes(3));
            foreach (var (id, marker) in await other.ListActiveAsync().ToListAsync())
                Assert.True(await other.RemoveOrphanAsync(id, marker));
        }), Azure.Core.HttpPipelinePosition.PerCall);
        var slow = stack.Process(storage: new BlobServiceClient(stack.Storage, paused)).GetRequiredService<JobStore>();
        Assert.True(await slow.TryCreateAsync(Accepted(JobId.Parse("slow"))));
        Assert.Single(await other.ListActiveAsync().ToListAsync());
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

    private static ServiceProvider Process(LocalStack stack, IWorkQueueInspector queue)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(stack.Time).AddSingleton(queue);
        services.AddSmolLM3Pipeline(stack.Configuration());
        return stack.Own(services.BuildServiceProvider());
    }

    private static JobRecord Accepted(JobId id) => new()
    {
        Id = id, State = JobState.Accepted, Door = JobDoor.Http, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private sealed class FixedQueue : IWorkQueueInspector
    {
        public QueuedWork Head { get; set; } = new(new HashSet<JobId>(), null);

        public Task<QueuedWork> LookAsync(CancellationToken cancellationToken = default) => Task.FromResult(Head);
    }

    private sealed class Pause(Func<Azure.Core.HttpMessage, bool> where, Func<Task> what) : Azure.Core.Pipeline.HttpPipelinePolicy
    {
        public override void Process(Azure.Core.HttpMessage message, ReadOnlyMemory<Azure.Core.Pipeline.HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException();

        public override async ValueTask ProcessAsync(
            Azure.Core.HttpMessage message, ReadOnlyMemory<Azure.Core.Pipeline.HttpPipelinePolicy> pipeline)
        {
            if (where(message))
                await what();
            await ProcessNextAsync(message, pipeline);
        }
    }
}
