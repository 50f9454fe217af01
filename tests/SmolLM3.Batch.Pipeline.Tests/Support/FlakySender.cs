using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline.Tests.Support;

/// <summary>A queue that takes so many messages and is away after that.</summary>
internal sealed class FlakySender(ServiceBusClient client, int takes) : IMessageSender
{
    private readonly ServiceBusMessageSender _inner = new(client);
    private int _left = takes;

    public Task SendAsync(string queue, ServiceBusMessage message, CancellationToken cancellationToken = default) =>
        Interlocked.Decrement(ref _left) >= 0
            ? _inner.SendAsync(queue, message, cancellationToken)
            : throw new ServiceBusException("The queue is away.", ServiceBusFailureReason.ServiceCommunicationProblem);
}
