using System.Text.Json;
using System.Text.Json.Serialization;

namespace Azure.Messaging.ServiceBus.Broker;

/// <summary>The fields of a message that the broker stores and never looks at.</summary>
internal sealed record MessageHeaders(
    string? ContentType,
    string? CorrelationId,
    string? Subject,
    string? To,
    string? ReplyTo,
    string? ReplyToSessionId,
    string? PartitionKey,
    string? TransactionPartitionKey)
{
    private static readonly JsonSerializerOptions Compact = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string Encode() => JsonSerializer.Serialize(this, Compact);

    public static MessageHeaders Decode(string json) => JsonSerializer.Deserialize<MessageHeaders>(json, Compact)!;
}
