using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline;

/// <summary>A message as handlers see it, whichever host received it.</summary>
/// <param name="Body">Its body.</param>
/// <param name="MessageId">Its MessageId.</param>
/// <param name="DeliveryCount">How often it was delivered, this time included.</param>
/// <param name="SequenceNumber">Its number in the queue; stays the same at every delivery.</param>
/// <param name="EnqueuedAt">When it was sent.</param>
/// <param name="TraceParent">W3C trace context of its sender.</param>
public sealed record Delivery(
    ReadOnlyMemory<byte> Body,
    string MessageId,
    int DeliveryCount = 1,
    long SequenceNumber = 0,
    DateTimeOffset EnqueuedAt = default,
    string? TraceParent = null)
{
    /// <summary>Kind of the message: null for a job.</summary>
    public string? Subject { get; init; }

    /// <summary>How often it was put off and sent again; id, number and time above stay those of the first message.</summary>
    public int Redeliveries { get; init; }

    /// <summary>Reads what a receiver handed over.</summary>
    public static Delivery From(ServiceBusReceivedMessage message) => Redelivery.Restore(
        new Delivery(
            message.Body.ToMemory(),
            message.MessageId,
            message.DeliveryCount,
            message.SequenceNumber,
            message.EnqueuedTime,
            message.ApplicationProperties.TryGetValue(TraceContext.Property, out var parent) ? parent as string : null)
        {
            Subject = message.Subject,
        },
        message.ApplicationProperties);
}
