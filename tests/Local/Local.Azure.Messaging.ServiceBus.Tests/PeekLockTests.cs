using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class PeekLockTests
{
    private static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Receive_OneMessage_CarriesAllThatWasSent()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        await sender.SendMessageAsync(new ServiceBusMessage("hello")
        {
            MessageId = "m1",
            CorrelationId = "c1",
            Subject = "subject",
            To = "to",
            ReplyTo = "reply",
            ReplyToSessionId = "rs",
            ContentType = "text/plain",
            TimeToLive = TimeSpan.FromHours(1),
            ApplicationProperties = { ["n"] = 7L, ["flag"] = true, ["nothing"] = null! },
        });

        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);

        Assert.Equal("hello", message.Body.ToString());
        Assert.Equal("m1", message.MessageId);
        Assert.Equal("c1", message.CorrelationId);
        Assert.Equal("subject", message.Subject);
        Assert.Equal("to", message.To);
        Assert.Equal("reply", message.ReplyTo);
        Assert.Equal("rs", message.ReplyToSessionId);
        Assert.Equal("text/plain", message.ContentType);
        Assert.Equal(TimeSpan.FromHours(1), message.TimeToLive);
        Assert.Equal(broker.Time.GetUtcNow(), message.EnqueuedTime);
        Assert.Equal(broker.Time.GetUtcNow() + TimeSpan.FromHours(1), message.ExpiresAt);
        Assert.Equal(1, message.DeliveryCount);
        Assert.Equal(1, message.SequenceNumber);
        Assert.Equal(7L, message.ApplicationProperties["n"]);
        Assert.Equal(true, message.ApplicationProperties["flag"]);
        Assert.Null(message.ApplicationProperties["nothing"]);
        Assert.Equal(broker.Time.GetUtcNow() + TimeSpan.FromSeconds(60), message.LockedUntil);
    }

    [Fact]
    public async Task Receive_WhileLocked_GivesTheNextMessage()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a", "b");
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Equal("a", (await broker.ReceiveAsync(receiver)).MessageId);
        Assert.Equal("b", (await broker.ReceiveAsync(receiver)).MessageId);
        Assert.Null(await broker.TryReceiveAsync(receiver));
    }

    [Fact]
    public async Task Complete_LockedMessage_RemovesIt()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");

        await receiver.CompleteMessageAsync(await broker.ReceiveAsync(receiver));

        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.SizeInBytes);
    }

    [Fact]
    public async Task Lock_RunsOut_MessageComesAgainWithHigherCount()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = LockDuration);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var first = await broker.ReceiveAsync(receiver);

        broker.Time.Advance(LockDuration);
        var second = await broker.ReceiveAsync(receiver);

        Assert.Equal("a", second.MessageId);
        Assert.Equal(2, second.DeliveryCount);
        Assert.NotEqual(first.LockToken, second.LockToken);
        var lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(first));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
        await receiver.CompleteMessageAsync(second);
    }

    [Fact]
    public async Task Complete_AfterLockRanOut_FailsEvenIfNobodyTookTheMessage()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = LockDuration);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);
        broker.Time.Advance(LockDuration);

        var lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(message));

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
        Assert.False(lost.IsTransient);
    }

    [Fact]
    public async Task RenewMessageLock_BeforeItsEnd_KeepsTheMessage()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = LockDuration);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);

        for (var i = 0; i < 5; i++)
        {
            broker.Time.Advance(LockDuration * 0.9);
            await receiver.RenewMessageLockAsync(message);
            Assert.Equal(broker.Time.GetUtcNow() + LockDuration, message.LockedUntil);
        }
        await receiver.CompleteMessageAsync(message);

        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task RenewMessageLock_AfterItsEnd_FailsWithLockLost()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = LockDuration);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);
        broker.Time.Advance(LockDuration);

        var lost = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.RenewMessageLockAsync(message));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, lost.Reason);
    }

    [Fact]
    public async Task Abandon_WithProperties_ReturnsItAtOnceWithThem()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a", "b");
        await using var receiver = broker.Client.CreateReceiver("q");

        await receiver.AbandonMessageAsync(await broker.ReceiveAsync(receiver), new Dictionary<string, object> { ["attempt"] = 1 });
        var again = await broker.ReceiveAsync(receiver);

        Assert.Equal("a", again.MessageId);
        Assert.Equal(2, again.DeliveryCount);
        Assert.Equal(1, again.ApplicationProperties["attempt"]);
    }

    [Fact]
    public async Task Defer_Message_IsReceivedOnlyByItsNumber()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);
        await receiver.DeferMessageAsync(message);

        Assert.Null(await broker.TryReceiveAsync(receiver));
        Assert.Equal(ServiceBusMessageState.Deferred, (await receiver.PeekMessageAsync())!.State);
        var deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        Assert.Equal("a", deferred.MessageId);
        var locked = await Assert.ThrowsAsync<ServiceBusException>(() => receiver.ReceiveDeferredMessageAsync(message.SequenceNumber));
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, locked.Reason);
        await receiver.CompleteMessageAsync(deferred);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task ReceiveAndDelete_Message_IsGoneAndCannotBeSettled()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver(
            "q", new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });

        var message = await broker.ReceiveAsync(receiver);

        Assert.Equal(Guid.Empty.ToString(), message.LockToken);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.CompleteMessageAsync(message));
    }

    [Fact]
    public async Task Peek_Repeatedly_WalksThroughWithoutLockingOrCounting()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a", "b", "c");
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Equal("a", (await receiver.PeekMessageAsync())!.MessageId);
        Assert.Equal(["b", "c"], (await receiver.PeekMessagesAsync(10)).Select(message => message.MessageId));
        Assert.Null(await receiver.PeekMessageAsync());
        Assert.Equal("b", (await receiver.PeekMessageAsync(fromSequenceNumber: 2))!.MessageId);
        Assert.Equal(1, (await broker.ReceiveAsync(receiver)).DeliveryCount);
    }

    [Fact]
    public async Task Receive_OnEmptyQueue_ReturnsNullWhenTheWaitIsOver()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var receiver = broker.Client.CreateReceiver("q");
        var receiving = receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(5));

        broker.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(receiving.IsCompleted);
        while (!receiving.IsCompleted)
        {
            broker.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(receiving, Task.Delay(5));
        }

        Assert.Null(await receiving);
    }

    [Fact]
    public async Task Receive_Cancelled_ThrowsAndLocksNothing()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var receiver = broker.Client.CreateReceiver("q");
        using var cancelling = new CancellationTokenSource();
        var receiving = receiver.ReceiveMessageAsync(Broker.Soon, cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);

        await broker.SendAsync("q", "a");
        Assert.Equal(1, (await broker.ReceiveAsync(receiver)).DeliveryCount);
    }

    [Fact]
    public async Task Receive_WaitingWhenALockRunsOut_GetsTheMessageThen()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.LockDuration = LockDuration);
        await broker.SendAsync("q", "a");
        await using var dying = broker.Client.CreateReceiver("q");
        await broker.ReceiveAsync(dying);
        await using var waiting = broker.Client.CreateReceiver("q");
        var receiving = waiting.ReceiveMessageAsync(TimeSpan.FromHours(1));

        broker.Time.Advance(LockDuration);

        Assert.Equal(2, (await receiving.WaitAsync(Broker.Soon))!.DeliveryCount);
    }
}
