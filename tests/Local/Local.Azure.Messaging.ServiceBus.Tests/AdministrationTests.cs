using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Local.Azure.Messaging.ServiceBus.Tests.Support;

namespace Local.Azure.Messaging.ServiceBus.Tests;

public sealed class AdministrationTests
{
    [Fact]
    public async Task CreateQueue_AllOptions_AreReadBack()
    {
        await using var broker = new Broker();
        var options = new CreateQueueOptions("q")
        {
            LockDuration = TimeSpan.FromMinutes(5),
            MaxDeliveryCount = 3,
            RequiresDuplicateDetection = true,
            DuplicateDetectionHistoryTimeWindow = TimeSpan.FromHours(1),
            RequiresSession = true,
            DefaultMessageTimeToLive = TimeSpan.FromDays(14),
            DeadLetteringOnMessageExpiration = true,
            MaxSizeInMegabytes = 2048,
            UserMetadata = "ours",
        };
        var created = await broker.Admin.CreateQueueAsync(options);

        Assert.Equal(201, created.GetRawResponse().Status);
        Assert.Equivalent(options, (await broker.Admin.GetQueueAsync("Q")).Value);
    }

    [Fact]
    public async Task CreateQueue_Twice_FailsWithAlreadyExists()
    {
        await using var broker = await Broker.WithQueueAsync();

        var exists = await Assert.ThrowsAsync<ServiceBusException>(() => broker.Admin.CreateQueueAsync("q"));

        Assert.Equal(ServiceBusFailureReason.MessagingEntityAlreadyExists, exists.Reason);
        Assert.True((await broker.Admin.QueueExistsAsync("q")).Value);
        Assert.False((await broker.Admin.QueueExistsAsync("other")).Value);
    }

    [Fact]
    public async Task DeleteQueue_WithMessages_RemovesAllOfIt()
    {
        await using var broker = await Broker.WithQueueAsync(configure: queue => queue.RequiresDuplicateDetection = true);
        await broker.SendAsync("q", "a");

        await broker.Admin.DeleteQueueAsync("q");
        Assert.False((await broker.Admin.QueueExistsAsync("q")).Value);
        await broker.CreateQueueAsync("q", queue => queue.RequiresDuplicateDetection = true);
        await broker.SendAsync("q", "a");

        Assert.Equal(1, (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value.TotalMessageCount);
    }

    [Fact]
    public async Task UpdateQueue_LockDuration_HoldsForTheNextDelivery()
    {
        await using var broker = await Broker.WithQueueAsync();
        QueueProperties queue = (await broker.Admin.GetQueueAsync("q")).Value;
        queue.LockDuration = TimeSpan.FromSeconds(7);
        await broker.Admin.UpdateQueueAsync(queue);
        await broker.SendAsync("q", "a");
        await using var receiver = broker.Client.CreateReceiver("q");

        Assert.Equal(broker.Time.GetUtcNow() + TimeSpan.FromSeconds(7), (await broker.ReceiveAsync(receiver)).LockedUntil);
    }

    [Fact]
    public async Task GetQueues_ListsThemByName()
    {
        await using var broker = new Broker();
        foreach (var name in new[] { "work", "jobs", "events" })
            await broker.CreateQueueAsync(name);
        var names = new List<string>();
        await foreach (var queue in broker.Admin.GetQueuesAsync())
            names.Add(queue.Name);

        Assert.Equal(["events", "jobs", "work"], names);
    }

    [Fact]
    public async Task RuntimeProperties_CountEachKindOnce()
    {
        await using var broker = await Broker.WithQueueAsync();
        await broker.SendAsync("q", "active", "locked", "deferred", "dead");
        await using var sender = broker.Client.CreateSender("q");
        await sender.ScheduleMessageAsync(new ServiceBusMessage("s"), broker.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await using var receiver = broker.Client.CreateReceiver("q");
        var messages = await receiver.ReceiveMessagesAsync(4);
        await receiver.AbandonMessageAsync(messages[0]);
        await receiver.DeferMessageAsync(messages[2]);
        await receiver.DeadLetterMessageAsync(messages[3]);

        var counts = (await broker.Admin.GetQueueRuntimePropertiesAsync("q")).Value;

        Assert.Equal(
            (3, 1, 1, 5),
            (counts.ActiveMessageCount, counts.ScheduledMessageCount, counts.DeadLetterMessageCount, counts.TotalMessageCount));
        Assert.True(counts.SizeInBytes > 0);
    }

    [Fact]
    public async Task GetQueue_Missing_FailsWithNotFound()
    {
        await using var broker = new Broker();
        foreach (var attempt in new Func<Task>[]
                 {
                     () => broker.Admin.GetQueueAsync("no"), () => broker.Admin.DeleteQueueAsync("no"),
                     () => broker.Admin.GetQueueRuntimePropertiesAsync("no"),
                 })
        {
            Assert.Equal(ServiceBusFailureReason.MessagingEntityNotFound, (await Assert.ThrowsAsync<ServiceBusException>(attempt)).Reason);
        }
    }

    [Fact]
    public void CreateQueueOptions_BeyondTheServicesLimits_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CreateQueueOptions("q") { LockDuration = TimeSpan.FromMinutes(6) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CreateQueueOptions("q") { MaxDeliveryCount = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new CreateQueueOptions("q") { DuplicateDetectionHistoryTimeWindow = TimeSpan.FromDays(8) });
        Assert.Throws<ArgumentException>(() => new CreateQueueOptions("q/$DeadLetterQueue"));
    }
}
