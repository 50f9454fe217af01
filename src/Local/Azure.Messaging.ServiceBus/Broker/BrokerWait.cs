namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>Waits until the broker has something for a receiver.</summary>
internal static class BrokerWait
{
    /// <param name="client">Whose file and clock.</param>
    /// <param name="tryTake">Takes what there is; null when there is nothing.</param>
    /// <param name="look">Whether taking is worthwhile now, and when time alone may make it so.</param>
    /// <param name="atMost">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait with an exception.</param>
    /// <returns>What was taken, or null when the time was over.</returns>
    public static async Task<T?> ForAsync<T>(
        ServiceBusClient client,
        Func<Task<T?>> tryTake,
        Func<BrokerConnection, (bool Ready, long NextDue)> look,
        TimeSpan atMost,
        CancellationToken cancellationToken)
        where T : class
    {
        var changes = client.Database.Changes;
        var deadline = BrokerTime.After(client.Time.Ticks(), atMost);
        var change = changes.NextChange;
        while (true)
        {
            if (await tryTake().ConfigureAwait(false) is { } taken)
                return taken;

            while (true)
            {
                var (ready, nextDue) = client.Database.Read(look);
                if (ready)
                    break;
                var remaining = Math.Min(deadline, nextDue) - client.Time.Ticks();
                if (remaining <= 0 && client.Time.Ticks() >= deadline)
                    return null;
                if (remaining > 0)
                    await changes.WaitAsync(change, TimeSpan.FromTicks(remaining), client.Time, cancellationToken).ConfigureAwait(false);
                change = changes.NextChange;
            }
            change = changes.NextChange;
        }
    }
}
