namespace Azure.Messaging.ServiceBus;

public class ServiceBusSessionProcessorOptions
{
    public int PrefetchCount { get; set => field = Prefetch.Validate(value); }

    public ServiceBusReceiveMode ReceiveMode { get; set; } = ServiceBusReceiveMode.PeekLock;

    public bool AutoCompleteMessages { get; set; } = true;

    public TimeSpan MaxAutoLockRenewalDuration { get; set => field = LockRenewal.ValidateDuration(value); } = TimeSpan.FromMinutes(5);

    public int MaxConcurrentSessions { get; set => field = Concurrency.Validate(value, nameof(MaxConcurrentSessions)); } = 8;

    public int MaxConcurrentCallsPerSession { get; set => field = Concurrency.Validate(value, nameof(MaxConcurrentCallsPerSession)); } = 1;

    /// <summary>How long a session may stay without messages before another one is taken; the try timeout when null.</summary>
    public TimeSpan? SessionIdleTimeout { get; set; }

    public string? Identifier { get; set; }
}
