using System.Text;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Maintenance;

public class DeadLetterDrainTests
{
    [Fact]
    public async Task RunAsync_SetAsideByServiceBusItself_FailsTheJobAndLeavesTheLetter()
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
        Assert.Single(await stack.PeekAsync(QueueNames.Work, SubQueue.DeadLetter));
        Assert.Equal(0, await drain.RunAsync());
    }

    [Fact]
    public async Task RunAsync_RequestSetAside_FailsUnderItsOwnId_AndLeavesAnAdmittedOneAlone()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await SetAsideAsync(stack, QueueNames.Jobs, """{"jobId":"mine","text":"x","tasks":[{"type":"summarize"}]}""", "message-1");
        await SetAsideAsync(stack, QueueNames.Jobs, """{"jobId":"admitted","text":"x","tasks":[{"type":"summarize"}]}""", "message-2");
        await process.AcceptAsync(JobsOf.Request(), "admitted");

        Assert.Equal(2, await process.GetRequiredService<DeadLetterDrain>().RunAsync());

        Assert.Equal(
            (JobState.Failed, ErrorCodes.AttemptsExhausted),
            ((await process.RecordAsync("mine")).State, (await process.RecordAsync("mine")).Error!.Code));
        Assert.Equal(JobState.Accepted, (await process.RecordAsync("admitted")).State);
        var jobs = process.GetRequiredService<JobStore>();
        Assert.Null(await jobs.FindAsync(JobId.Parse("message-1")));
        Assert.Null(await jobs.FindAsync(JobId.Parse("message-2")));
    }

    [Fact]
    public async Task RunAsync_UploadSetAside_FailsTheJobOfThatUpload()
    {
        await using var stack = await LocalStack.StartAsync();
        await stack.UploadAsync("summarize/a.md", "text");
        var process = stack.Process();
        await SetAsideAsync(
            stack, QueueNames.Uploads, Encoding.UTF8.GetString((await stack.AnnounceAsync("summarize/a.md")).Body.Span), "event");
        await process.GetRequiredService<DeadLetterDrain>().RunAsync();
        var id = JobId.ForUpload("summarize/a.md", await stack.ETagAsync("summarize/a.md"));
        Assert.Equal(JobState.Failed, (await process.RecordAsync(id.ToString())).State);
    }

    [Fact]
    public async Task RunAsync_PlanOfABatchSetAside_FailsTheBatchAndMakesNoJob()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var file = await process.GetRequiredService<FileStore>().CreateAsync(new MemoryStream("{}"u8.ToArray()), "in.jsonl");
        var batch = await process.GetRequiredService<BatchService>().CreateAsync(
            file!, ChatLineReader.Endpoint, "24h", new Dictionary<string, string>());
        await using (var receiver = stack.Bus.CreateReceiver(QueueNames.Jobs))
            await receiver.DeadLetterMessageAsync(
                (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");

        Assert.Equal(1, await process.GetRequiredService<DeadLetterDrain>().RunAsync());

        batch = (await process.GetRequiredService<BatchStore>().FindAsync(batch.Id))!;
        Assert.Equal((BatchState.Failed, ErrorCodes.AttemptsExhausted), (batch.State, Assert.Single(batch.Errors).Code));
        Assert.NotNull(batch.EndedAt);
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActiveBatchesPrefix));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActivePrefix));
    }

    [Fact]
    public async Task RunAsync_EventSetAside_IsNotedInTheRecord()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process(new FakeModel());
        await process.AcceptAsync(JobsOf.Request() with { CallbackUrl = new Uri("https://example.com/done") }, "job");
        await process.WorkAsync("job");
        await using (var receiver = await stack.Bus.AcceptNextSessionAsync(QueueNames.Events))
            await receiver.DeadLetterMessageAsync(
                (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");

        Assert.Equal(1, await process.GetRequiredService<DeadLetterDrain>().RunAsync());

        var record = await process.RecordAsync("job");
        Assert.Equal((JobState.Succeeded, CallbackState.Undelivered), (record.State, record.Callback!.State));
        Assert.Contains("MaxDeliveryCountExceeded", record.Callback.Reason);
    }

    [Fact]
    public async Task RunAsync_OneRecordDamaged_TheOthersAreDealtWith()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        foreach (var id in (string[])["damaged", "whole"])
        {
            await process.AcceptAsync(JobsOf.Request(), id);
            await using var receiver = stack.Bus.CreateReceiver(QueueNames.Work);
            await receiver.DeadLetterMessageAsync(
                (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");
        }
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Jobs).GetBlobClient(BlobNames.Record(JobId.Parse("damaged")))
            .UploadAsync(BinaryData.FromString("{\"id\":"), overwrite: true);
        Assert.Equal(1, await process.GetRequiredService<DeadLetterDrain>().RunAsync());
        Assert.Equal(JobState.Failed, (await process.RecordAsync("whole")).State);
    }

    [Fact]
    public async Task RunAsync_AfterARestart_AnnouncesNothingAgain()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await process.AcceptAsync(JobsOf.Request(), "job");
        await using (var receiver = stack.Bus.CreateReceiver(QueueNames.Work))
            await receiver.DeadLetterMessageAsync(
                (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");
        await SetAsideAsync(stack, QueueNames.Jobs, "x", "refused");
        await process.GetRequiredService<DeadLetterDrain>().RunAsync();
        Assert.Equal(2, (await stack.PeekAsync(QueueNames.Events)).Count);

        var sent = new CrashPlan(null, false);
        await stack.Process(plan: sent).GetRequiredService<DeadLetterDrain>().RunAsync();

        Assert.Equal(0, sent.Effects);
    }

    [Fact]
    public void Round_LettersComeAndGo_RemembersOnlyThoseThatAreThere()
    {
        var round = new DeadLetterRound();
        for (var number = 1; number <= 1000; number++)
        {
            Assert.False(round.Pass(number));
            round.Handled(number);
        }
        Assert.Equal(1001, round.Next);
        round.End();
        Assert.Equal(0, round.Next);
        Assert.True(round.Pass(500));
        Assert.False(round.Pass(2000));
        round.End();

        // All but 500 were gone, and 2000 was not dealt with.
        Assert.False(round.Pass(1));
        Assert.True(round.Pass(500));
        Assert.False(round.Pass(2000));
    }

    private static async Task SetAsideAsync(LocalStack stack, string queue, string body, string messageId)
    {
        await using var sender = stack.Bus.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = messageId });
        await using var receiver = stack.Bus.CreateReceiver(queue);
        await receiver.DeadLetterMessageAsync((await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!, "MaxDeliveryCountExceeded");
    }
}
