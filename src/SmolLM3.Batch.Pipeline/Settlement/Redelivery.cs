using Azure.Messaging.ServiceBus;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Copies of messages that are sent again later. They say in properties what the first one was, for job ids follow from that.
/// </summary>
internal static class Redelivery
{
    private const string Count = "Redelivery-Count";
    private const string MessageId = "Redelivery-MessageId";
    private const string SequenceNumber = "Redelivery-SequenceNumber";
    private const string EnqueuedAt = "Redelivery-EnqueuedAt";

    /// <summary>The next copy. Its id is its own, or duplicate detection would drop it; and the same however often it is made.</summary>
    public static ServiceBusMessage Of(ServiceBusReceivedMessage message, Delivery delivery, DateTimeOffset due)
    {
        var count = delivery.Redeliveries + 1;
        var copy =
            new ServiceBusMessage(message) { MessageId = $"redelivery-{delivery.SequenceNumber}-{count}", ScheduledEnqueueTime = due };
        copy.ApplicationProperties[Count] = count;
        copy.ApplicationProperties[MessageId] = delivery.MessageId;
        copy.ApplicationProperties[SequenceNumber] = delivery.SequenceNumber;
        copy.ApplicationProperties[EnqueuedAt] = delivery.EnqueuedAt;
        return copy;
    }

    /// <summary>The delivery as it would be of the first message.</summary>
    public static Delivery Restore(Delivery delivery, IReadOnlyDictionary<string, object> properties) =>
        properties.TryGetValue(Count, out var count) && count is int redeliveries
        && properties.TryGetValue(MessageId, out var id) && id is string messageId
        && properties.TryGetValue(SequenceNumber, out var number) && number is long sequenceNumber
        && properties.TryGetValue(EnqueuedAt, out var at) && at is DateTimeOffset enqueuedAt
            ? delivery with { MessageId = messageId, SequenceNumber = sequenceNumber, EnqueuedAt = enqueuedAt, Redeliveries = redeliveries }
            : delivery;
}
