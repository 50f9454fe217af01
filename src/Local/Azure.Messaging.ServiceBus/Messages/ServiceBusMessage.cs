namespace Azure.Messaging.ServiceBus;

public class ServiceBusMessage
{
    private const int MaxIdLength = 128;

    public ServiceBusMessage()
        : this(default(ReadOnlyMemory<byte>))
    {
    }

    public ServiceBusMessage(string? body)
        : this(BinaryData.FromString(body ?? ""))
    {
    }

    public ServiceBusMessage(ReadOnlyMemory<byte> body)
        : this(BinaryData.FromBytes(body))
    {
    }

    public ServiceBusMessage(BinaryData body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
    }

    /// <summary>A copy to send again: what the broker assigned, and why it was dead-lettered, is left behind.</summary>
    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
    {
        ArgumentNullException.ThrowIfNull(receivedMessage);
        Body = receivedMessage.Body;
        MessageId = receivedMessage.MessageId;
        PartitionKey = receivedMessage.PartitionKey;
        SessionId = receivedMessage.SessionId;
        ReplyToSessionId = receivedMessage.ReplyToSessionId;
        TimeToLive = receivedMessage.TimeToLive;
        CorrelationId = receivedMessage.CorrelationId;
        Subject = receivedMessage.Subject;
        To = receivedMessage.To;
        ContentType = receivedMessage.ContentType;
        ReplyTo = receivedMessage.ReplyTo;
        ScheduledEnqueueTime = receivedMessage.ScheduledEnqueueTime;
        foreach (var (name, value) in receivedMessage.ApplicationProperties)
        {
            if (name is not (ServiceBusReceivedMessage.DeadLetterReasonProperty or ServiceBusReceivedMessage.DeadLetterDescriptionProperty))
                ApplicationProperties[name] = value;
        }
    }

    public BinaryData Body { get; set; }

    public string? MessageId { get; set => field = AssertId(value, nameof(MessageId)); }

    public string? PartitionKey
    {
        get;
        set
        {
            AssertId(value, nameof(PartitionKey));
            if (SessionId is { } session && value is not null && value != session)
                throw new ArgumentOutOfRangeException(nameof(PartitionKey), value, "PartitionKey must equal SessionId when both are set.");
            field = value;
        }
    }

    public string? SessionId
    {
        get;
        set
        {
            field = AssertId(value, nameof(SessionId));
            // Service Bus partitions a session by its id, and the real message keeps the two equal.
            if (value is not null && PartitionKey is not null)
                PartitionKey = value;
        }
    }

    public string? ReplyToSessionId { get; set => field = AssertId(value, nameof(ReplyToSessionId)); }

    public TimeSpan TimeToLive
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(TimeToLive));
            field = value;
        }
    } = TimeSpan.MaxValue;

    public string? CorrelationId { get; set; }

    public string? Subject { get; set; }

    public string? To { get; set; }

    public string? ContentType { get; set; }

    public string? ReplyTo { get; set; }

    public DateTimeOffset ScheduledEnqueueTime { get; set; }

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    public override string ToString() => $"{{MessageId:{MessageId}}}";

    private static string? AssertId(string? value, string name) => value switch
    {
        { Length: > MaxIdLength } => throw new ArgumentOutOfRangeException(name, value, $"{name} holds at most {MaxIdLength} characters."),
        { Length: 0 } when name == nameof(MessageId) => throw new ArgumentException("MessageId must not be empty.", name),
        _ => value,
    };
}
