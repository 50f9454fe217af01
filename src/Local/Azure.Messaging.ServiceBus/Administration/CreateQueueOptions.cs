namespace Azure.Messaging.ServiceBus.Administration;

public class CreateQueueOptions
{
    public CreateQueueOptions(string name) => Name = name;

    public CreateQueueOptions(QueueProperties queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        Name = queue.Name;
        LockDuration = queue.LockDuration;
        MaxSizeInMegabytes = queue.MaxSizeInMegabytes;
        RequiresDuplicateDetection = queue.RequiresDuplicateDetection;
        DuplicateDetectionHistoryTimeWindow = queue.DuplicateDetectionHistoryTimeWindow;
        RequiresSession = queue.RequiresSession;
        DefaultMessageTimeToLive = queue.DefaultMessageTimeToLive;
        DeadLetteringOnMessageExpiration = queue.DeadLetteringOnMessageExpiration;
        MaxDeliveryCount = queue.MaxDeliveryCount;
        UserMetadata = queue.UserMetadata;
    }

    public string Name { get; set => field = QueueLimits.Name(value); }

    public TimeSpan LockDuration { get; set => field = QueueLimits.LockDuration(value); } = TimeSpan.FromSeconds(60);

    public long MaxSizeInMegabytes { get; set; } = 1024;

    public bool RequiresDuplicateDetection { get; set; }

    public TimeSpan DuplicateDetectionHistoryTimeWindow { get; set => field = QueueLimits.DuplicateWindow(value); } =
        TimeSpan.FromMinutes(1);

    public bool RequiresSession { get; set; }

    public TimeSpan DefaultMessageTimeToLive { get; set => field = QueueLimits.TimeToLive(value); } = TimeSpan.MaxValue;

    public bool DeadLetteringOnMessageExpiration { get; set; }

    public int MaxDeliveryCount { get; set => field = QueueLimits.DeliveryCount(value); } = 10;

    public string? UserMetadata { get; set; }
}
