using System.Reflection;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Invocation;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>One message, or a batch of them, as the input of a function.</summary>
internal sealed class ServiceBusInput : IInvocationInput
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    private readonly IReadOnlyList<ServiceBusReceivedMessage> _messages;
    private readonly bool _batched;
    private readonly ServiceBusMessageActions _actions;
    private readonly ServiceBusSessionMessageActions? _sessionActions;

    public ServiceBusInput(
        string entityPath, IReadOnlyList<ServiceBusReceivedMessage> messages, bool batched, MessageSettlement settlement,
        ProcessSessionMessageEventArgs? session = null)
    {
        _messages = messages;
        _batched = batched;
        _actions = new ServiceBusMessageActions(settlement);
        _sessionActions = session is null ? null : new ServiceBusSessionMessageActions(session);
        Reason = $"(new ServiceBus message detected on '{entityPath}'.)";
        BindingData = batched ? new Dictionary<string, object?>() : DataOf(messages[0]);
    }

    public IReadOnlyDictionary<string, object?> BindingData { get; }

    public string Reason { get; }

    public ValueTask<BoundValue> BindAsync(ParameterInfo parameter, bool isTrigger, FunctionContext context)
    {
        var type = parameter.ParameterType;
        if (type == typeof(ServiceBusMessageActions))
            return ValueTask.FromResult(BoundValue.Of(_actions));
        if (type == typeof(ServiceBusSessionMessageActions))
        {
            return ValueTask.FromResult(BoundValue.Of(_sessionActions ?? throw new InvalidOperationException(
                $"Sessions must be enabled when binding to {nameof(ServiceBusSessionMessageActions)}: set IsSessionsEnabled.")));
        }
        if (!isTrigger)
            return ValueTask.FromResult(BoundValue.None);
        return ValueTask.FromResult(BoundValue.Of(_batched ? Batch(type) : Convert(_messages[0], type)));
    }

    private Array Batch(Type type)
    {
        if (!type.IsArray || type == typeof(byte[]))
            throw new NotSupportedException($"A batched trigger binds to an array of messages, not to {type}.");
        var element = type.GetElementType()!;
        var values = Array.CreateInstance(element, _messages.Count);
        for (var i = 0; i < _messages.Count; i++)
            values.SetValue(Convert(_messages[i], element), i);
        return values;
    }

    private static object? Convert(ServiceBusReceivedMessage message, Type type)
    {
        if (type == typeof(ServiceBusReceivedMessage))
            return message;
        if (type == typeof(string))
            return message.Body.ToString();
        if (type == typeof(BinaryData))
            return message.Body;
        if (type == typeof(byte[]))
            return message.Body.ToArray();
        if (type == typeof(ReadOnlyMemory<byte>))
            return message.Body.ToMemory();
        return JsonSerializer.Deserialize(message.Body, type, Json);
    }

    private static Dictionary<string, object?> DataOf(ServiceBusReceivedMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["MessageId"] = message.MessageId,
        ["SequenceNumber"] = message.SequenceNumber,
        ["DeliveryCount"] = message.DeliveryCount,
        ["LockToken"] = message.LockToken,
        ["EnqueuedTime"] = message.EnqueuedTime,
        ["EnqueuedTimeUtc"] = message.EnqueuedTime.UtcDateTime,
        ["ExpiresAt"] = message.ExpiresAt,
        ["ExpiresAtUtc"] = message.ExpiresAt.UtcDateTime,
        ["ContentType"] = message.ContentType,
        ["CorrelationId"] = message.CorrelationId,
        ["Subject"] = message.Subject,
        ["SessionId"] = message.SessionId,
        ["To"] = message.To,
        ["ReplyTo"] = message.ReplyTo,
        ["PartitionKey"] = message.PartitionKey,
        ["DeadLetterSource"] = message.DeadLetterSource,
        ["DeadLetterReason"] = message.DeadLetterReason,
        ["DeadLetterErrorDescription"] = message.DeadLetterErrorDescription,
        ["ApplicationProperties"] = message.ApplicationProperties,
    };
}
