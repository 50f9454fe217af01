using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class DeadLetterTests
{
    [Fact]
    public async Task DeadLetter_WithReason_MovesItToTheSubQueueWithBoth()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");

        await receiver.DeadLetterMessageAsync(
            await broker.ReceiveAsync(receiver), new Dictionary<string, object> { ["job"] = "7" }, "Poisoned", "It is not JSON.");

        Assert.Null(await broker.TryReceiveAsync(receiver));
        await using var deadLetters = broker.Client.CreateReceiver("q", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var dead = await broker.ReceiveAsync(deadLetters);
        Assert.Equal("a", dead.MessageId);
        Assert.Equal("Poisoned", dead.DeadLetterReason);
        Assert.Equal("It is not JSON.", dead.DeadLetterErrorDescription);
        Assert.Equal("7", dead.ApplicationProperties["job"]);
        Assert.Equal("q/$DeadLetterQueue", deadLetters.EntityPath);
        await deadLetters.CompleteMessageAsync(dead);
        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MaxDeliveryCount_Reached_DeadLettersWithTheServicesReason(bool byExpiry)
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.MaxDeliveryCount = 3);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var message = await broker.ReceiveAsync(receiver);
            Assert.Equal(delivery, message.DeliveryCount);
            if (byExpiry)
                broker.Time.Advance(TimeSpan.FromMinutes(1));
            else
                await receiver.AbandonMessageAsync(message);
        }

        Assert.Null(await broker.TryReceiveAsync(receiver));
        await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
        var dead = await broker.ReceiveAsync(deadLetters);
        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
        Assert.Equal("Message could not be consumed after 3 delivery attempts.", dead.DeadLetterErrorDescription);
    }

    [Fact]
    public async Task DeadLetterQueue_AbandonedWithoutEnd_KeepsItsMessages()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.MaxDeliveryCount = 1);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        await receiver.AbandonMessageAsync(await broker.ReceiveAsync(receiver));
        await using var deadLetters = broker.Client.CreateReceiver("q/$deadletterqueue");

        for (var i = 0; i < 5; i++)
            await deadLetters.AbandonMessageAsync(await broker.ReceiveAsync(deadLetters));

        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.DeadLetterMessageCount);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task TimeToLive_Over_DeadLettersOrDropsAsTheQueueSays(bool deadLettering, int expected)
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue =>
        {
            queue.DefaultMessageTimeToLive = TimeSpan.FromMinutes(10);
            queue.DeadLetteringOnMessageExpiration = deadLettering;
        });
        await broker.SendAsync("q", "a");
        broker.Time.Advance(TimeSpan.FromMinutes(10));
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Null(await broker.TryReceiveAsync(receiver));

        var counts = (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value;
        Assert.Equal(expected, counts.DeadLetterMessageCount);
        Assert.Equal(expected, counts.TotalMessageCount);
        if (deadLettering)
        {
            await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
            Assert.Equal("TTLExpiredException", (await broker.ReceiveAsync(deadLetters)).DeadLetterReason);
        }
    }

    [Fact]
    public async Task TimeToLive_OverWhileLocked_DoesNotTakeTheMessageAway()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.DefaultMessageTimeToLive = TimeSpan.FromSeconds(10));
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        var message = await broker.ReceiveAsync(receiver);
        broker.Time.Advance(TimeSpan.FromSeconds(20));

        await receiver.RenewMessageLockAsync(message);
        await receiver.AbandonMessageAsync(message);

        Assert.Null(await broker.TryReceiveAsync(receiver));
    }

    [Fact]
    public async Task TimeToLive_OfTheMessage_IsCappedByTheQueue()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.DefaultMessageTimeToLive = TimeSpan.FromMinutes(10));
        await using var sender = broker.Client.CreateSender("q");
        await sender.SendMessageAsync(new ServiceBusMessage("a") { TimeToLive = TimeSpan.FromHours(5) });
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Equal(TimeSpan.FromMinutes(10), (await broker.ReceiveAsync(receiver)).TimeToLive);
    }

    [Fact]
    public async Task DeadLetter_SentAgain_LeavesItsReasonBehind()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        await receiver.DeadLetterMessageAsync(await broker.ReceiveAsync(receiver), "Reason", "Text");
        await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
        await using var sender = broker.Client.CreateSender("q");

        var dead = await broker.ReceiveAsync(deadLetters);
        await sender.SendMessageAsync(new ServiceBusMessage(dead));

        var again = await broker.ReceiveAsync(receiver);
        Assert.Equal("a", again.MessageId);
        Assert.Equal("a", again.Body.ToString());
        Assert.Null(again.DeadLetterReason);
        Assert.Empty(again.ApplicationProperties);
        Assert.Equal(1, again.DeliveryCount);
    }

    [Fact]
    public async Task DeadLetter_WaitingReceiver_GetsIt()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a");
        await using var deadLetters = broker.Client.CreateReceiver("q/$DeadLetterQueue");
        var waiting = deadLetters.ReceiveMessageAsync(TimeSpan.FromHours(1));
        await using var receiver = broker.Client.CreateReceiver("q");

        await receiver.DeadLetterMessageAsync(await broker.ReceiveAsync(receiver), "Reason");

        Assert.Equal("Reason", (await waiting.WaitAsync(Broker.Soon))!.DeadLetterReason);
    }
}
