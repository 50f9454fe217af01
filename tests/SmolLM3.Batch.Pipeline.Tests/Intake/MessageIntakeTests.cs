using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Intake;

public class MessageIntakeTests
{
    [Fact]
    public async Task HandleAsync_Request_IsAdmittedUnderItsMessageId()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var delivery = Message("""{"text":"x","tasks":[{"type":"summarize"}]}""", "message-1");
        Assert.Equal(Settlement.Complete, await HandleAsync(process, delivery));
        Assert.Equal(Settlement.Complete, await HandleAsync(process, delivery with { DeliveryCount = 2 }));
        Assert.Equal(JobState.Accepted, (await process.RecordAsync("message-1")).State);
        Assert.Single(await stack.PeekAsync(QueueNames.Work));
    }

    [Fact]
    public async Task HandleAsync_MessageIdThatIsNoJobId_StillIsOneJob()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var delivery = Message("""{"text":"x","tasks":[{"type":"summarize"}]}""", "https://sender/42");
        await HandleAsync(process, delivery);
        await HandleAsync(process, delivery with { DeliveryCount = 2 });
        Assert.StartsWith("message-", Assert.Single(await stack.PeekAsync(QueueNames.Work)).MessageId);
    }

    [Theory]
    [InlineData("this is not json", "no valid JSON")]
    [InlineData("""{"jobId":"m","text":"x","tasks":[{"type":"summarize"}],"colour":"red"}""", "colour")]
    [InlineData("""{"jobId":"m","text":"x","tasks":[{"type":"summarize","options":{"colour":"red"}}]}""", "colour")]
    [InlineData("""{"jobId":"m","document":"nowhere.pdf","tasks":[{"type":"summarize"}]}""", "nowhere.pdf")]
    [InlineData("""{"jobId":"m","text":"x","tasks":[{"type":"summarize"}],"deadline":"2020-01-01T00:00:00Z"}""", "has passed")]
    [InlineData("""{"jobId":"m","text":"x","tasks":[{"type":"summarize"}],"callbackUrl":"https://169.254.169.254/metadata"}""", "not public")]
    [InlineData("""{"jobId":"m","document":"http://example.com/a.pdf","tasks":[{"type":"summarize"}]}""", "not https")]
    public async Task HandleAsync_WrongRequest_FailsWithTheReasonOfTheDeadLetter(string body, string expected)
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        var letter = Assert.IsType<Settlement.DeadLettered>(await HandleAsync(process, Message(body, "m")));
        Assert.Contains(expected, letter.Description);
        var record = await process.RecordAsync("m");
        Assert.Equal((JobState.Failed, letter.Reason, letter.Description), (record.State, record.Error!.Code, record.Error.Message));
        Assert.Empty(await stack.PeekAsync(QueueNames.Work));
    }

    [Fact]
    public async Task HandleAsync_IdOfAnotherRequest_LeavesThatOneAlone()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await HandleAsync(process, Message("""{"jobId":"j","text":"x","tasks":[{"type":"summarize"}]}""", "1"));
        var letter = Assert.IsType<Settlement.DeadLettered>(
            await HandleAsync(process, Message("""{"jobId":"j","text":"y","tasks":[{"type":"summarize"}]}""", "2")));
        Assert.Equal(ErrorCodes.JobIdConflict, letter.Reason);
        Assert.Equal(JobState.Accepted, (await process.RecordAsync("j")).State);
        Assert.IsType<Settlement.DeadLettered>(await HandleAsync(process, Message("""{"jobId":"j","text":5}""", "3")));
        Assert.Equal(JobState.Accepted, (await process.RecordAsync("j")).State);
    }

    [Fact]
    public async Task AcceptAsync_DeadlinePassedAndBlobGoneSinceAcceptance_IsStillTheSameJob()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await stack.UploadAsync("a.md", "text");
        var request =
            new JobRequest { Document = "a.md", Tasks = [new(TaskTypes.Summarize)], Deadline = stack.Time.GetUtcNow().AddHours(1) };
        var first = await process.AcceptAsync(request, "j");
        await stack.Blobs.GetBlobContainerClient(ContainerNames.Documents).DeleteBlobAsync("a.md");
        stack.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(first.CreatedAt, (await process.AcceptAsync(request, "j")).CreatedAt);
    }

    private static Delivery Message(string body, string id) => new(Encoding.UTF8.GetBytes(body), id, 1, 3, DateTimeOffset.UnixEpoch);

    private static Task<Settlement> HandleAsync(IServiceProvider process, Delivery delivery) =>
        process.GetRequiredService<MessageIntake>().HandleAsync(delivery);
}
