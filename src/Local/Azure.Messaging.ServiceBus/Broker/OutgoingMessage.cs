using System.Text;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>A message as it was when it was sent, encoded and measured.</summary>
internal sealed record OutgoingMessage(
    string MessageId,
    string? SessionId,
    TimeSpan TimeToLive,
    DateTimeOffset ScheduledEnqueueTime,
    string Headers,
    string Properties,
    byte[] Body)
{
    /// <summary>AMQP's own framing of a message: sections, annotations, descriptors.</summary>
    private const int Framing = 64;

    public long Size { get; } = Framing + Body.Length
        + Encoding.UTF8.GetByteCount(MessageId) + Encoding.UTF8.GetByteCount(SessionId ?? "")
        + Encoding.UTF8.GetByteCount(Headers) + Encoding.UTF8.GetByteCount(Properties);

    public static OutgoingMessage From(ServiceBusMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var headers = new MessageHeaders(
            message.ContentType, message.CorrelationId, message.Subject, message.To, message.ReplyTo,
            message.ReplyToSessionId, message.PartitionKey, null);
        return new OutgoingMessage(
            message.MessageId ?? Guid.NewGuid().ToString("N"), message.SessionId, message.TimeToLive, message.ScheduledEnqueueTime,
            headers.Encode(), ApplicationPropertyCodec.Encode(message.ApplicationProperties), message.Body.ToArray());
    }
}
