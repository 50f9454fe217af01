using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>extensions.serviceBus of host.json, with the host's defaults.</summary>
internal sealed class ServiceBusHostOptions
{
    public bool AutoCompleteMessages { get; set; } = true;

    public TimeSpan MaxAutoLockRenewalDuration { get; set; } = TimeSpan.FromMinutes(5);

    public int MaxConcurrentCalls { get; set; } = 16;

    public int MaxConcurrentSessions { get; set; } = 8;

    public int MaxConcurrentCallsPerSession { get; set; } = 1;

    public TimeSpan? SessionIdleTimeout { get; set; }

    public int PrefetchCount { get; set; }

    public int MaxMessageBatchSize { get; set; } = 1000;

    public int MinMessageBatchSize { get; set; } = 1;

    public TimeSpan MaxBatchWaitTime { get; set; } = TimeSpan.FromSeconds(30);

    public ServiceBusTransportType TransportType { get; set; }

    public static ServiceBusHostOptions From(HostJson hostJson)
    {
        var options = new ServiceBusHostOptions();
        hostJson.Extension("serviceBus").Bind(options);
        return options;
    }
}
