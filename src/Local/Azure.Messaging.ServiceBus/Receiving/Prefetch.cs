namespace Azure.Messaging.ServiceBus;

internal static class Prefetch
{
    public static int Validate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count, "PrefetchCount");
        return count;
    }
}
