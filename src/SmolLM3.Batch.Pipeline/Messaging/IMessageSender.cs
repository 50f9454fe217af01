using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Sends to the pipeline's queues.</summary>
public interface IMessageSender
{
    /// <summary>Sends one message.</summary>
    Task SendAsync(string queue, ServiceBusMessage message, CancellationToken cancellationToken = default);
}
