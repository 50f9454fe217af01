using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Sends through Service Bus, with one sender a queue.</summary>
internal sealed class ServiceBusMessageSender(ServiceBusClient client) : IMessageSender
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new();

    public Task SendAsync(string queue, ServiceBusMessage message, CancellationToken cancellationToken = default) =>
        _senders.GetOrAdd(queue, client.CreateSender).SendMessageAsync(message, cancellationToken);
}
