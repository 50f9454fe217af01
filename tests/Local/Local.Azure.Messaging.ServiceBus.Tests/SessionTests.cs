using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class SessionTests
{
    [Fact]
    public async Task AcceptSession_OnlyItsMessages_InOrder()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"), ("s2", "x"), ("s1", "b"), ("s1", "c"));
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");

        Assert.Equal(["a", "b", "c"], (await session.ReceiveMessagesAsync(10)).Select(message => message.MessageId));
        Assert.Null(await broker.TryReceiveAsync(session));
    }

    [Fact]
    public async Task AcceptSession_HeldByAnother_CannotBeLocked()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");

        var taken = await Assert.ThrowsAsync<ServiceBusException>(() => broker.Client.AcceptSessionAsync("q", "s1"));

        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, taken.Reason);
    }

    [Fact]
    public async Task AcceptNextSession_TakesTheOldestFreeOneAndThenTimesOut()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"), ("s2", "b"));
        await using var first = await broker.Client.AcceptNextSessionAsync("q");
        await using var second = await broker.Client.AcceptNextSessionAsync("q");
        Assert.Equal("s1", first.SessionId);
        Assert.Equal("s2", second.SessionId);

        var third = broker.Client.AcceptNextSessionAsync("q");
        await first.RenewSessionLockAsync();
        await second.RenewSessionLockAsync();
        await first.ReceiveMessagesAsync(10);
        await second.ReceiveMessagesAsync(10);
        while (!third.IsCompleted)
        {
            broker.Time.Advance(TimeSpan.FromSeconds(10));
            await first.RenewSessionLockAsync();
            await second.RenewSessionLockAsync();
            await Task.WhenAny(third, Task.Delay(5));
        }
        var timeout = await Assert.ThrowsAsync<ServiceBusException>(() => third);
        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, timeout.Reason);
    }

    [Fact]
    public async Task SessionLock_RunsOut_SettlingFailsAndTheDeliveryCounts()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await using var lost = await broker.Client.AcceptSessionAsync("q", "s1");
        var message = await broker.ReceiveAsync(lost);
        broker.Time.Advance(TimeSpan.FromMinutes(1));

        foreach (var attempt in new Func<Task>[]
                 {
                     () => lost.CompleteMessageAsync(message), () => lost.RenewSessionLockAsync(), () => lost.ReceiveMessageAsync(),
                     () => lost.GetSessionStateAsync(),
                 })
        {
            Assert.Equal(ServiceBusFailureReason.SessionLockLost, (await Assert.ThrowsAsync<ServiceBusException>(attempt)).Reason);
        }
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");
        Assert.Equal(2, (await broker.ReceiveAsync(session)).DeliveryCount);
    }

    [Fact]
    public async Task Close_WithUnsettledMessages_GivesThemBackUncounted()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"), ("s1", "b"));
        await using (var closed = await broker.Client.AcceptSessionAsync("q", "s1"))
            await broker.ReceiveAsync(closed);

        await using var session = await broker.Client.AcceptNextSessionAsync("q");
        var messages = await session.ReceiveMessagesAsync(10);

        Assert.Equal(["a", "b"], messages.Select(message => message.MessageId));
        Assert.Equal([1, 1], messages.Select(message => message.DeliveryCount));
    }

    [Fact]
    public async Task SessionState_OutlivesTheReceiver()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await using (var first = await broker.Client.AcceptSessionAsync("q", "s1"))
        {
            Assert.Null(await first.GetSessionStateAsync());
            await first.SetSessionStateAsync(BinaryData.FromString("half"));
        }

        await using var second = await broker.Client.AcceptSessionAsync("q", "s1");
        Assert.Equal("half", (await second.GetSessionStateAsync())!.ToString());
        await second.SetSessionStateAsync(null);
        Assert.Null(await second.GetSessionStateAsync());
    }

    [Fact]
    public async Task RenewSessionLock_KeepsItsMessages()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");
        var message = await broker.ReceiveAsync(session);
        for (var i = 0; i < 5; i++)
        {
            broker.Time.Advance(TimeSpan.FromSeconds(50));
            await session.RenewSessionLockAsync();
            Assert.Equal(broker.Time.GetUtcNow() + TimeSpan.FromSeconds(60), session.SessionLockedUntil);
        }

        await session.CompleteMessageAsync(message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.RenewMessageLockAsync(message));
    }

    [Fact]
    public async Task Abandon_InASession_KeepsTheOrder()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"), ("s1", "b"));
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");

        await session.AbandonMessageAsync(await broker.ReceiveAsync(session));

        Assert.Equal("a", (await broker.ReceiveAsync(session)).MessageId);
        Assert.Equal("b", (await broker.ReceiveAsync(session)).MessageId);
    }

    [Fact]
    public async Task DeadLetter_FromASession_IsReadWithoutSessions()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await using var session = await broker.Client.AcceptSessionAsync("q", "s1");
        await session.DeadLetterMessageAsync(await broker.ReceiveAsync(session), "Reason");
        await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");

        var dead = await broker.ReceiveAsync(deadLetters);

        Assert.Equal("s1", dead.SessionId);
        await deadLetters.CompleteMessageAsync(dead);
    }

    [Fact]
    public async Task Mismatch_OfQueueAndReceiver_IsRefused()
    {
        await using var broker = await WithSessionsAsync(("s1", "a"));
        await broker.CreateQueueAsync("plain");
        await using var receiver = broker.Client.CreateReceiver("q");

        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.ReceiveMessageAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.Client.AcceptSessionAsync("plain", "s1"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => broker.Client.AcceptNextSessionAsync("plain"));
    }

    private static async Task<Broker> WithSessionsAsync(params (string Session, string Id)[] messages)
    {
        var broker = await Broker.WithQueueAsync(configure: queue => queue.RequiresSession = true);
        await using var sender = broker.Client.CreateSender("q");
        foreach (var (session, id) in messages)
            await sender.SendMessageAsync(new ServiceBusMessage(id) { MessageId = id, SessionId = session });
        return broker;
    }
}
