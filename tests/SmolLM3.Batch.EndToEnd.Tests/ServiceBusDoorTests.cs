using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.EndToEnd.Tests;

public sealed class ServiceBusDoorTests(PipelineFixture pipeline)
{
    [Fact]
    public async Task Send_Request_IsComputedUnderItsId()
    {
        var id = JobId.Parse($"sb-{Guid.NewGuid():n}");

        await SendAsync(new JsonObject
        {
            ["jobId"] = id.ToString(),
            ["text"] = "The lease ends on 30 June. The tenant returns the keys.",
            ["tasks"] = new JsonArray(new JsonObject { ["type"] = TaskTypes.Summarize }),
        }.ToJsonString());
        var record = await pipeline.WaitForEndAsync(id);

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
    }

    [Fact]
    public async Task Send_SameRequestTwice_IsOneJob()
    {
        var id = JobId.Parse($"sb-{Guid.NewGuid():n}");
        var request = new JsonObject { ["jobId"] = id.ToString(), ["text"] = "One job.", ["tasks"] = new JsonArray(
            new JsonObject { ["type"] = TaskTypes.Summarize }) }.ToJsonString();

        // Two message ids: the queue's duplicate detection is not what makes it one.
        await SendAsync(request);
        await SendAsync(request);
        var record = await pipeline.WaitForEndAsync(id);

        Assert.True(record.State == JobState.Succeeded, record.Error?.Message);
        Assert.Equal(1, record.Attempts);
    }

    [Theory]
    [InlineData("this is not JSON", "JSON")]
    [InlineData("""{"text":"x","tasks":[{"type":"summarize"}],"colour":"red"}""", "colour")]
    public async Task Send_BadRequest_EndsInTheDeadLetterQueueWithTheReason(string body, string reason)
    {
        var message = await SendAsync(body);

        await using var deadLetters = pipeline.Queues.CreateReceiver(
            QueueNames.Jobs, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var dead = await pipeline.WaitForAsync(
            "the message to be dead-lettered",
            async () => (await deadLetters.PeekMessagesAsync(100, 0)).FirstOrDefault(candidate => candidate.MessageId == message),
            TimeSpan.FromSeconds(60));

        Assert.Contains(reason, $"{dead!.DeadLetterReason} {dead.DeadLetterErrorDescription}");
    }

    [Fact]
    public async Task Send_UnknownTask_FailsTheJobWithTheSameReasonAsTheDeadLetter()
    {
        var id = JobId.Parse($"sb-{Guid.NewGuid():n}");

        await SendAsync(new JsonObject { ["jobId"] = id.ToString(), ["text"] = "x", ["tasks"] = new JsonArray(new JsonObject { ["type"] = "sing" }) }.ToJsonString());
        var record = await pipeline.WaitForEndAsync(id);

        Assert.Equal(JobState.Failed, record.State);
        Assert.Contains("sing", record.Error!.Message);
    }

    private async Task<string> SendAsync(string body)
    {
        await using var sender = pipeline.Queues.CreateSender(QueueNames.Jobs);
        var message = new ServiceBusMessage(body) { MessageId = Guid.NewGuid().ToString("n") };
        await sender.SendMessageAsync(message);
        return message.MessageId;
    }
}
