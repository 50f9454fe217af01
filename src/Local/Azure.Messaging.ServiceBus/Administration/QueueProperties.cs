namespace Azure.Messaging.ServiceBus.Administration;

public class QueueProperties
{
    internal QueueProperties(CreateQueueOptions options)
    {
        Name = options.Name;
        LockDuration = options.LockDuration;
        MaxSizeInMegabytes = options.MaxSizeInMegabytes;
        RequiresDuplicateDetection = options.RequiresDuplicateDetection;
        DuplicateDetectionHistoryTimeWindow = options.DuplicateDetectionHistoryTimeWindow;
        RequiresSession = options.RequiresSession;
        DefaultMessageTimeToLive = options.DefaultMessageTimeToLive;
        DeadLetteringOnMessageExpiration = options.DeadLetteringOnMessageExpiration;
        MaxDeliveryCount = options.MaxDeliveryCount;
        UserMetadata = options.UserMetadata;
    }

    public string Name { get; }

    public TimeSpan LockDuration { get; set => field = QueueLimits.LockDuration(value); }

    public long MaxSizeInMegabytes { get; set; }

    public bool RequiresDuplicateDetection { get; }

    public TimeSpan DuplicateDetectionHistoryTimeWindow { get; set => field = QueueLimits.DuplicateWindow(value); }

    public bool RequiresSession { get; }

    public TimeSpan DefaultMessageTimeToLive { get; set => field = QueueLimits.TimeToLive(value); }

    public bool DeadLetteringOnMessageExpiration { get; set; }

    public int MaxDeliveryCount { get; set => field = QueueLimits.DeliveryCount(value); }

    public string? UserMetadata { get; set; }
}
