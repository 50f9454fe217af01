using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Maintenance;

/// <summary>A worker that dies between the manifest and the record leaves a job that is done, whoever finds it.</summary>
public class CommittedJobTests
{
    private static readonly JobId Id = JobId.Parse("job");

    [Fact]
    public async Task FinishAsync_ManifestStands_OutranksEveryOtherEnd()
    {
        await using var stack = await LocalStack.StartAsync();
        var now = stack.Time.GetUtcNow();
        foreach (var end in (Func<JobRecord, JobRecord?>[])
        [
            record => record.Fail(
                new JobError(ErrorCodes.AttemptsExhausted, "Ten deliveries."),
                now), record => record.Cancel(now), record => record.Expire(now),
        ])
        {
            var process = await CommittedButNotRecordedAsync(stack);

            var record = await process.GetRequiredService<JobFinisher>().FinishAsync(Id, end);

            Assert.Equal(JobState.Succeeded, record!.State);
            Assert.Null(record.Error);
            await ForgetAsync(stack);
        }
    }

    [Fact]
    public async Task RunAsync_DeadLetterOfAJobThatALivingWorkerHolds_IsLookedAtAgain()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "job");
        await process.GetRequiredService<JobClaims>().ClaimAsync(Id, "alive");
        await SetAsideAsync(stack);
        var drain = process.GetRequiredService<DeadLetterDrain>();

        await drain.RunAsync();
        Assert.Equal(JobState.Running, (await process.RecordAsync("job")).State);

        stack.Time.Advance(TimeSpan.FromMinutes(1));
        await drain.RunAsync();
        Assert.Equal(JobState.Failed, (await process.RecordAsync("job")).State);
    }

    [Fact]
    public async Task RunAsync_MessageIsGone_IsQueuedAgainPastDuplicateDetection()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "job");
        await using (var receiver = stack.Bus.CreateReceiver(
            QueueNames.Work, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete }))
            Assert.NotNull(await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)));
        stack.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(1, await process.GetRequiredService<Reconciler>().RunAsync());

        Assert.Single(await stack.PeekAsync(QueueNames.Work));
    }

    // The last effect of a job's work before its record is the manifest: the process dies at the first record update that follows it.
    private static async Task<ServiceProvider> CommittedButNotRecordedAsync(LocalStack stack)
    {
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request(), "job");
        Assert.Equal(Settlement.Complete, await process.WorkAsync("job"));
        Assert.NotNull(await process.ManifestAsync("job"));
        var running = (await process.RecordAsync("job")) with { State = JobState.Running, Worker = null, FinishedAt = null, Outcomes = [] };
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.Record(Id)).UploadAsync(
            BinaryData.FromObjectAsJson(running, Serialization.BatchJson.Default.Options), overwrite: true);
        return process;
    }

    private static async Task ForgetAsync(LocalStack stack)
    {
        foreach (var container in (string[])[ContainerNames.Jobs, ContainerNames.Results])
        {
            await foreach (var blob in stack.Blobs.GetBlobContainerClient(container).GetBlobsAsync())
                await stack.Blobs.GetBlobContainerClient(container).DeleteBlobAsync(blob.Name);
        }
    }

    private static async Task SetAsideAsync(LocalStack stack)
    {
        await using var receiver = stack.Bus.CreateReceiver(QueueNames.Work);
        await receiver.DeadLetterMessageAsync((await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");
    }
}
