namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Times as the broker file holds them.</summary>
internal static class BrokerTime
{
    public static long Ticks(this TimeProvider time) => time.GetUtcNow().UtcTicks;

    public static DateTimeOffset FromTicks(long ticks) => new(ticks, TimeSpan.Zero);

    /// <summary>
    /// When something that starts at <paramref name="start"/> and lasts <paramref name="duration"/> ends; never, if that is past all dates.
    /// </summary>
    public static long After(long start, TimeSpan duration) =>
        duration.Ticks >= DateTimeOffset.MaxValue.UtcTicks - start ? DateTimeOffset.MaxValue.UtcTicks : start + duration.Ticks;
}
