namespace Azure.Messaging.ServiceBus;

/// <summary><see cref="PrefetchCount"/> is kept and has no effect: reading ahead from a file would gain nothing.</summary>
public class ServiceBusReceiverOptions
{
    public int PrefetchCount { get; set => field = Prefetch.Validate(value); }

    public ServiceBusReceiveMode ReceiveMode { get; set; } = ServiceBusReceiveMode.PeekLock;

    public SubQueue SubQueue { get; set; } = SubQueue.None;

    public string? Identifier { get; set; }
}
