namespace Azure.Messaging.ServiceBus;

public class ServiceBusProcessorOptions
{
    public int PrefetchCount { get; set => field = Prefetch.Validate(value); }

    public ServiceBusReceiveMode ReceiveMode { get; set; } = ServiceBusReceiveMode.PeekLock;

    public bool AutoCompleteMessages { get; set; } = true;

    public TimeSpan MaxAutoLockRenewalDuration { get; set => field = LockRenewal.ValidateDuration(value); } = TimeSpan.FromMinutes(5);

    public int MaxConcurrentCalls { get; set => field = Concurrency.Validate(value, nameof(MaxConcurrentCalls)); } = 1;

    public SubQueue SubQueue { get; set; } = SubQueue.None;

    public string? Identifier { get; set; }
}
