namespace Azure.Messaging.ServiceBus;

internal static class Concurrency
{
    public static int Validate(int count, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, name);
        return count;
    }
}
