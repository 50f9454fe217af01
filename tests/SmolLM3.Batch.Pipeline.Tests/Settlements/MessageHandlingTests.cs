using System.Text;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Pipeline.Tests.Support;

namespace SmolLM3.Batch.Pipeline.Tests.Settlements;

/// <summary>A trigger that fails because its surroundings are down: the message comes later, and is the same message then.</summary>
public class MessageHandlingTests
{
    private const string Request = """{"text":"x","tasks":[{"type":"summarize"}]}""";

    [Theory]
    [InlineData("message-1")]
    [InlineData("https://sender/42")]
    public async Task HandleAsync_StorageAway_ComesLaterAndIsTheSameJob(string messageId)
    {
        await using var stack = await LocalStack.StartAsync();
        var cut = stack.Process(storage: LocalStack.Unreachable);
        await SendAsync(stack, Request, messageId);
        var due = new List<double>();
        var first = await ReceiveAsync(stack);
        var message = first;
        for (var attempt = 1; attempt <= 12; attempt++)
        {
            var settlement = cut.GetRequiredService<MessageHandling>().HandleAsync(
                QueueNames.Jobs, message, cut.GetRequiredService<MessageIntake>().HandleAsync);
            await stack.Time.UntilAsync(() => settlement.IsCompleted, TimeSpan.Zero);
            Assert.Equal(Settlement.Complete, await settlement);
            // The broker runs on its own clock: what is scheduled can be seen, and need not be waited for.
            message = (await stack.PeekAsync(QueueNames.Jobs)).Single(
                copy => copy.MessageId != messageId && copy.SequenceNumber > message.SequenceNumber);
            due.Add(Math.Round((message.ScheduledEnqueueTime - stack.Time.GetUtcNow()).TotalSeconds));
        }
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900], due);
        var copy = Delivery.From(message);
        var original = Delivery.From(first);
        Assert.Equal(
            (original.MessageId, original.SequenceNumber, original.EnqueuedAt, 12), (
                copy.MessageId, copy.SequenceNumber, copy.EnqueuedAt, copy.Redeliveries));

        var process = stack.Process();
        await process.GetRequiredService<MessageHandling>().HandleAsync(
            QueueNames.Jobs, message, process.GetRequiredService<MessageIntake>().HandleAsync);
        Assert.Equal(JobIds.ForMessage(original), WorkMessages.JobOf(Assert.Single(await stack.PeekAsync(QueueNames.Work)).Body));
    }

    [Fact]
    public async Task HandleAsync_StorageAwayForADay_IsSetAsideWithTheCause()
    {
        await using var stack = await LocalStack.StartAsync();
        var cut = stack.Process(storage: LocalStack.Unreachable);
        await SendAsync(stack, Request, "message");
        var message = await ReceiveAsync(stack);
        stack.Time.Advance(message.EnqueuedTime.AddHours(24) - stack.Time.GetUtcNow());
        var settlement = cut.GetRequiredService<MessageHandling>().HandleAsync(
            QueueNames.Jobs, message, cut.GetRequiredService<MessageIntake>().HandleAsync);
        var letter = Assert.IsType<Settlement.DeadLettered>(await settlement);
        Assert.Equal(ErrorCodes.AttemptsExhausted, letter.Reason);
        Assert.Contains("send it again", letter.Description);
    }

    [Fact]
    public async Task HandleAsync_FaultThatDoesNotPass_IsSetAsideAfterTenAttempts()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await SendAsync(stack, Request, "message");
        var message = await ReceiveAsync(stack);
        var attempts = 0;
        Settlement settlement;
        while ((settlement = await process.GetRequiredService<MessageHandling>().HandleAsync(
            QueueNames.Jobs, message, (_, _) => throw new InvalidDataException("damaged"))) == Settlement.Complete)
        {
            attempts++;
            message = (await stack.PeekAsync(QueueNames.Jobs)).Single(copy => copy.SequenceNumber > message.SequenceNumber);
        }
        Assert.Equal(9, attempts);
        Assert.Contains("damaged", Assert.IsType<Settlement.DeadLettered>(settlement).Description);
    }

    [Fact]
    public async Task HandleAsync_DiesBetweenCopyAndCompletion_MakesOneCopy()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await SendAsync(stack, Request, "message");
        var message = await ReceiveAsync(stack);
        for (var delivery = 1; delivery <= 3; delivery++)
            await process.GetRequiredService<MessageHandling>().HandleAsync(
                QueueNames.Jobs, message, (_, _) => throw new TimeoutException());
        Assert.Equal(2, (await stack.PeekAsync(QueueNames.Jobs)).Count);
    }

    [Fact]
    public async Task HandleAsync_HostLeaves_GivesTheMessageBack()
    {
        await using var stack = await LocalStack.StartAsync();
        var process = stack.Process();
        await SendAsync(stack, Request, "message");
        var message = await ReceiveAsync(stack);
        using var leaving = new CancellationTokenSource();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => process.GetRequiredService<MessageHandling>().HandleAsync(
            QueueNames.Jobs, message, (_, token) => Task.FromCanceled<Settlement>(token), leaving.Token));
        Assert.Single(await stack.PeekAsync(QueueNames.Jobs));
    }

    private static async Task SendAsync(LocalStack stack, string body, string messageId)
    {
        await using var sender = stack.Bus.CreateSender(QueueNames.Jobs);
        await sender.SendMessageAsync(new ServiceBusMessage(Encoding.UTF8.GetBytes(body)) { MessageId = messageId });
    }

    private static async Task<ServiceBusReceivedMessage> ReceiveAsync(LocalStack stack)
    {
        await using var receiver = stack.Bus.CreateReceiver(QueueNames.Jobs);
        return (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(10)))!;
    }
}
