using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class SendingTests
{
    [Fact]
    public async Task Send_SameMessageIdWithinTheWindow_IsAcceptedAndDropped()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue =>
        {
            queue.RequiresDuplicateDetection = true;
            queue.DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(10);
        });
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");
        await receiver.CompleteMessageAsync(await broker.ReceiveAsync(receiver));

        broker.Time.Advance(TimeSpan.FromMinutes(9));
        await broker.SendAsync("q", "a", "b");
        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ActiveMessageCount);

        broker.Time.Advance(TimeSpan.FromMinutes(1));
        await broker.SendAsync("q", "a");
        Assert.Equal(2, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ActiveMessageCount);
    }

    [Fact]
    public async Task Send_SameMessageIdWithoutDetection_IsStoredTwice()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "a", "a");

        Assert.Equal(2, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ActiveMessageCount);
    }

    [Fact]
    public async Task Schedule_Message_AppearsAtItsTimeBehindWhatIsThere()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        var due = broker.Time.GetUtcNow() + TimeSpan.FromHours(1);
        var scheduled = await sender.ScheduleMessageAsync(new ServiceBusMessage("late") { MessageId = "late" }, due);
        await broker.SendAsync("q", "early");
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Equal("early", (await broker.ReceiveAsync(receiver)).MessageId);
        Assert.Null(await broker.TryReceiveAsync(receiver));
        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ScheduledMessageCount);
        var waiting = receiver.ReceiveMessageAsync(TimeSpan.FromHours(2));
        broker.Time.Advance(TimeSpan.FromHours(1));

        // The earlier message's lock has run out by now, so it comes first again.
        Assert.Equal("early", (await waiting.WaitAsync(Broker.Soon))!.MessageId);
        var late = await broker.ReceiveAsync(receiver);
        Assert.Equal("late", late.MessageId);
        Assert.Equal(due, late.EnqueuedTime);
        Assert.Equal(due, late.ScheduledEnqueueTime);
        Assert.True(late.SequenceNumber > scheduled);
    }

    [Fact]
    public async Task CancelScheduled_Message_NeverAppears()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        var sequence = await sender.ScheduleMessageAsync(new ServiceBusMessage("x"), broker.Time.GetUtcNow() + TimeSpan.FromHours(1));

        await sender.CancelScheduledMessageAsync(sequence);
        broker.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
        var missing = await Assert.ThrowsAsync<ServiceBusException>(() => sender.CancelScheduledMessageAsync(sequence));
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, missing.Reason);
    }

    [Fact]
    public async Task Send_MoreThan256Kilobytes_FailsAndStoresNothing()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");

        var one = await Assert.ThrowsAsync<ServiceBusException>(
            () => sender.SendMessageAsync(new ServiceBusMessage(new byte[256 * 1024])));
        var many = await Assert.ThrowsAsync<ServiceBusException>(
            () => sender.SendMessagesAsync(Enumerable.Range(0, 3).Select(_ => new ServiceBusMessage(new byte[100_000]))));

        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, one.Reason);
        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, many.Reason);
        Assert.Contains("blob", one.Message, StringComparison.Ordinal);
        await sender.SendMessageAsync(new ServiceBusMessage(new byte[255 * 1024]));
        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task Batch_Full_RefusesTheNextMessageAndSendsTheRest()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        using var batch = await sender.CreateMessageBatchAsync();
        while (batch.TryAddMessage(new ServiceBusMessage(new byte[50_000])))
            Assert.True(batch.SizeInBytes <= batch.MaxSizeInBytes);

        Assert.Equal(5, batch.Count);
        await sender.SendMessagesAsync(batch);

        Assert.Equal(5, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.ActiveMessageCount);
    }

    [Fact]
    public async Task Send_OneBadMessageAmongMany_StoresNone()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.RequiresSession = true);
        await using var sender = broker.Client.CreateSender("q");

        await Assert.ThrowsAsync<InvalidOperationException>(() => sender.SendMessagesAsync(
            [new ServiceBusMessage("a") { SessionId = "s" }, new ServiceBusMessage("b")]));

        Assert.Equal(0, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task Send_QueueFull_FailsWithQuotaExceededUntilMessagesLeave()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.MaxSizeInMegabytes = 1);
        await using var sender = broker.Client.CreateSender("q");
        for (var i = 0; i < 5; i++)
            await sender.SendMessageAsync(new ServiceBusMessage(new byte[200_000]));

        var full = await Assert.ThrowsAsync<ServiceBusException>(() => sender.SendMessageAsync(new ServiceBusMessage(new byte[200_000])));
        Assert.Equal(ServiceBusFailureReason.QuotaExceeded, full.Reason);

        await using var receiver = broker.Client.CreateReceiver("q");
        await receiver.CompleteMessageAsync(await broker.ReceiveAsync(receiver));
        await sender.SendMessageAsync(new ServiceBusMessage(new byte[200_000]));
    }

    [Fact]
    public async Task Send_ToMissingQueue_FailsWithEntityNotFound()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("missing");

        var missing = await Assert.ThrowsAsync<ServiceBusException>(() => sender.SendMessageAsync(new ServiceBusMessage("a")));

        Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, missing.Reason);
        Assert.Equal("missing", missing.EntityPath);
    }

    [Fact]
    public async Task ApplicationProperties_OfEveryType_ComeBackAsTheyWere()
    {
        var properties = new Dictionary<string, object>
        {
            ["string"] = "é\"\n",
            ["bool"] = true,
            ["byte"] = byte.MaxValue,
            ["sbyte"] = sbyte.MinValue,
            ["short"] = short.MinValue,
            ["ushort"] = ushort.MaxValue,
            ["int"] = int.MinValue,
            ["uint"] = uint.MaxValue,
            ["long"] = long.MinValue,
            ["ulong"] = ulong.MaxValue,
            ["float"] = 0.1f,
            ["double"] = double.Epsilon,
            ["decimal"] = 1.10m,
            ["char"] = '\u20ac',
            ["guid"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
            ["datetime"] = new DateTime(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Utc),
            ["datetimeoffset"] = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2)).AddTicks(3),
            ["timespan"] = TimeSpan.FromTicks(1234567890123),
            ["uri"] = new Uri("https://example.org/a?b=c"),
            ["bytes"] = new byte[] { 0, 1, 255 },
        };
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        var message = new ServiceBusMessage("a");
        foreach (var (name, value) in properties)
            message.ApplicationProperties[name] = value;
        await sender.SendMessageAsync(message);
        await using var receiver = broker.Client.CreateReceiver("q");

        var received = await broker.ReceiveAsync(receiver);

        foreach (var (name, value) in properties)
        {
            Assert.IsType(value.GetType(), received.ApplicationProperties[name]);
            Assert.Equal(value, received.ApplicationProperties[name]);
        }
    }

    [Fact]
    public async Task ApplicationProperties_OfAnotherType_AreRefusedByName()
    {
        await using var broker = await Broker.WithQueueAsync();
        await using var sender = broker.Client.CreateSender("q");
        var message = new ServiceBusMessage("a") { ApplicationProperties = { ["list"] = new List<int>() } };

        var refused = await Assert.ThrowsAsync<SerializationException>(() => sender.SendMessageAsync(message));

        Assert.Contains("'list'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateSender_ForADeadLetterQueue_IsRefused()
    {
        var client = new ServiceBusClient("Endpoint=file:///tmp/never-opened.db");

        Assert.Throws<InvalidOperationException>(() => client.CreateSender("q/$DeadLetterQueue"));
    }

    [Fact]
    public void Message_WithTooLongIds_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceBusMessage("a") { MessageId = new string('x', 129) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceBusMessage("a") { SessionId = new string('x', 129) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceBusMessage("a") { SessionId = "a", PartitionKey = "b" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceBusMessage("a") { TimeToLive = TimeSpan.Zero });
    }
}
