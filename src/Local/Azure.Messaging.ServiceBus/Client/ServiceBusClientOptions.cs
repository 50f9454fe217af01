namespace Azure.Messaging.ServiceBus;

public class ServiceBusClientOptions
{
    public ServiceBusTransportType TransportType { get; set; }

    public ServiceBusRetryOptions RetryOptions
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new();

    public string? Identifier { get; set; }

    /// <summary>The clock of locks, expiry and waits; tests set it.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;
}
