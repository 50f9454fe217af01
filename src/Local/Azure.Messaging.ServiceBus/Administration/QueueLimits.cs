namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>The service's limits on a queue's properties.</summary>
internal static class QueueLimits
{
    public static TimeSpan LockDuration(TimeSpan value) =>
        Between(value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(LockDuration));

    public static TimeSpan TimeToLive(TimeSpan value) =>
        Between(value, TimeSpan.FromSeconds(1), TimeSpan.MaxValue, "DefaultMessageTimeToLive");

    public static TimeSpan DuplicateWindow(TimeSpan value) =>
        Between(value, TimeSpan.FromSeconds(20), TimeSpan.FromDays(7), "DuplicateDetectionHistoryTimeWindow");

    public static int DeliveryCount(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, "MaxDeliveryCount");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 2000, "MaxDeliveryCount");
        return value;
    }

    public static string Name(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, "Name");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, 260, "Name");
        return value.IndexOfAny(['@', '?', '#', '*', '$', '\\']) < 0 && value[0] != '/' && value[^1] != '/'
            ? value
            : throw new ArgumentException(
                $"'{value}' is no name for a queue: it must not start or end with '/' nor hold any of @ ? # * $ \\.", "Name");
    }

    private static TimeSpan Between(TimeSpan value, TimeSpan least, TimeSpan most, string name) => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {least} and {most}.");
}
