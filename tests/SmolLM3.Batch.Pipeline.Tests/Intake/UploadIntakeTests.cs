using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Intake;

public class UploadIntakeTests
{
    [Fact]
    public async Task HandleAsync_UploadToATaskFolder_IsOneJobHoweverOftenAnnounced()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await stack.UploadAsync("summarize/a.md", "text");
        for (var i = 0; i < 3; i++)
            Assert.Equal(Settlement.Complete, await HandleAsync(process, await stack.AnnounceAsync("summarize/a.md")));

        var id = JobId.ForUpload("summarize/a.md", await stack.ETagAsync("summarize/a.md"));
        var record = await process.RecordAsync(id.ToString());
        Assert.Equal((JobState.Accepted, JobDoor.Upload, "a.md"), (record.State, record.Door, record.Document!.Name));
        Assert.Single(await stack.PeekAsync(QueueNames.Work), message => message.MessageId == id.ToString());
    }

    [Fact]
    public async Task HandleAsync_Overwritten_IsAnotherJobAndTheOldEventIsPassedOver()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await stack.UploadAsync("summarize/a.md", "first");
        var stale = await stack.AnnounceAsync("summarize/a.md");
        await stack.UploadAsync("summarize/a.md", "second");
        Assert.Equal(Settlement.Complete, await HandleAsync(process, stale));
        Assert.Empty(await stack.PeekAsync(QueueNames.Work));
        await HandleAsync(process, await stack.AnnounceAsync("summarize/a.md"));
        Assert.Single(await stack.PeekAsync(QueueNames.Work));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HandleAsync_SidecarBeforeOrAfterItsDocument_IsOneJob(bool sidecarFirst)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        const string sidecar =
            """{"tasks":[{"type":"summarize"},{"type":"prompt","options":{"instructions":"Who signs?"}}],"metadata":{"a":"b"}}""";
        foreach (var (name, content) in sidecarFirst ? [("in/a.md.job.json", sidecar), ("in/a.md", "text")] : new[] { ("in/a.md", "text"), ("in/a.md.job.json", sidecar) })
        {
            await stack.UploadAsync(name, content);
            Assert.Equal(Settlement.Complete, await HandleAsync(process, await stack.AnnounceAsync(name)));
        }
        var message = Assert.Single(await stack.PeekAsync(QueueNames.Work));
        var record = await process.RecordAsync(message.MessageId);
        Assert.Equal(["summarize", "prompt"], record.Tasks.Select(task => task.Type));
        Assert.Equal("in/a.md", record.Document!.Blob);
    }

    [Fact]
    public async Task HandleAsync_MetadataTask_IsTaken()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await stack.UploadAsync(
            "a.md", "text", new Dictionary<string, string> { ["task"] = "prompt", ["task_options"] = """{"instructions":"x"}""" });
        await HandleAsync(process, await stack.AnnounceAsync("a.md"));
        Assert.Equal("prompt", (await process.RecordAsync(Assert.Single(await stack.PeekAsync(QueueNames.Work)).MessageId)).Tasks[0].Type);
    }

    [Fact]
    public async Task HandleAsync_UploadThatAsksForNothing_IsOnlyStored()
    {
        await using var stack = await LocalStack.StartAsync();
        await stack.UploadAsync("2026/a.md", "text");
        Assert.Equal(Settlement.Complete, await HandleAsync(stack.Process(), await stack.AnnounceAsync("2026/a.md")));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs));
    }

    [Theory]
    [InlineData("summarise/a.md", null, "summarise")]
    [InlineData("summarize/a.md", """{"tasks":[{"type":"summarize","options":{"stile":"x"}}]}""", "stile")]
    [InlineData("summarize/a.md", "{", "sidecar")]
    public async Task HandleAsync_WrongRequest_FailsWithTheReasonOfTheDeadLetter(string name, string? sidecar, string expected)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        if (sidecar is not null)
            await stack.UploadAsync(name + ".job.json", sidecar);
        await stack.UploadAsync(name, "text");
        var letter = Assert.IsType<Settlement.DeadLettered>(await HandleAsync(process, await stack.AnnounceAsync(name)));
        Assert.Contains(expected, letter.Description);
        var record = await process.RecordAsync(JobId.ForUpload(name, await stack.ETagAsync(name)).ToString());
        Assert.Equal((JobState.Failed, letter.Reason, letter.Description), (record.State, record.Error!.Code, record.Error.Message));
        Assert.Single(await stack.PeekAsync(QueueNames.Events));
        Assert.Empty(await stack.BlobNamesAsync(ContainerNames.Jobs, BlobNames.ActivePrefix));
    }

    [Fact]
    public async Task HandleAsync_SidecarCorrected_IsANewJob()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await stack.UploadAsync("in/a.md.job.json", """{"tasks":[{"type":"sumarize"}]}""");
        await stack.UploadAsync("in/a.md", "text");
        Assert.IsType<Settlement.DeadLettered>(await HandleAsync(process, await stack.AnnounceAsync("in/a.md")));
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Documents).DeleteBlobAsync("in/a.md.job.json");
        await stack.UploadAsync("in/a.md.job.json", """{"tasks":[{"type":"summarize"}]}""");
        Assert.Equal(Settlement.Complete, await HandleAsync(process, await stack.AnnounceAsync("in/a.md.job.json")));
        Assert.Single(await stack.PeekAsync(QueueNames.Work));
    }

    [Fact]
    public async Task HandleAsync_Garbage_LeavesAFailedRecord()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var letter = Assert.IsType<Settlement.DeadLettered>(await HandleAsync(process, new Delivery("garbage"u8.ToArray(), "event-9")));
        Assert.Equal(letter.Description, (await process.RecordAsync("event-9")).Error!.Message);
    }

    private static Task<Settlement> HandleAsync(IServiceProvider process, Delivery delivery) =>
        process.GetRequiredService<UploadIntake>().HandleAsync(delivery);
}
