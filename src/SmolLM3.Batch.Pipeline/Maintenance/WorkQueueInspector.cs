using Azure.Messaging.ServiceBus;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Peeks at the head of the queue.</summary>
internal sealed class WorkQueueInspector(ServiceBusClient client) : IWorkQueueInspector
{
    public async Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken = default)
    {
        var receiver = client.CreateReceiver(QueueNames.Work);
        await using (receiver.ConfigureAwait(false))
            return (await receiver.PeekMessageAsync(fromSequenceNumber: 0, cancellationToken).ConfigureAwait(false))?.EnqueuedTime;
    }
}
