using Azure.Messaging.ServiceBus.Administration;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>Creates the four queues as bicep/modules/service-bus.bicep does, with a lock that suits one machine.</summary>
internal static class LocalQueues
{
    public static async Task EnsureAsync(string connectionString, TimeSpan lockDuration, CancellationToken cancellationToken)
    {
        var administration = new ServiceBusAdministrationClient(connectionString);
        foreach (var queue in QueueNames.All)
        {
            if (await administration.QueueExistsAsync(queue, cancellationToken)) continue;
            await administration.CreateQueueAsync(
                new CreateQueueOptions(queue)
                {
                    LockDuration = lockDuration,
                    MaxDeliveryCount = queue == QueueNames.Work ? 1000 : 10,
                    RequiresDuplicateDetection = true,
                    DuplicateDetectionHistoryTimeWindow = TimeSpan.FromHours(1),
                    DeadLetteringOnMessageExpiration = true,
                    RequiresSession = queue == QueueNames.Events,
                },
                cancellationToken);
        }
    }
}
