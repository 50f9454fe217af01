using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Local.Microsoft.Azure.Functions.Worker.Tests.Functions;

public sealed class ServiceBusFunctions(TestSignals signals)
{
    [Function("Plain")]
    public async Task Plain(
        [ServiceBusTrigger("%PlainQueue%", Connection = "ServiceBus")] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, string messageId, int deliveryCount, FunctionContext context, CancellationToken cancellationToken)
    {
        signals.Note($"plain {messageId} {deliveryCount}");
        switch (message.Body.ToString())
        {
            case "throw":
                throw new InvalidDataException("bad message");
            case "dead-letter":
                await actions.DeadLetterMessageAsync(
                    message, new Dictionary<string, object> { ["job"] = 7 }, "Poisoned", "It is not JSON.", cancellationToken);
                break;
            case "complete and throw":
                await actions.CompleteMessageAsync(message, cancellationToken);
                throw new InvalidDataException("after completing");
            case "abandon once" when deliveryCount == 1:
                await actions.AbandonMessageAsync(message, new Dictionary<string, object> { ["seen"] = true }, cancellationToken);
                break;
            case "wait":
                signals.Started.TrySetResult();
                await signals.Finish.Task.WaitAsync(CancellationToken.None);
                break;
            case "wait for token":
                signals.Started.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
        }
    }

    [Function("Manual")]
    public void Manual([ServiceBusTrigger("manual", Connection = "ServiceBus", AutoCompleteMessages = false)] string body) =>
        signals.Note($"manual {body}");

    [Function("Typed")]
    public void Typed([ServiceBusTrigger("typed", Connection = "ServiceBus")] Order order) =>
        signals.Note($"typed {order.Name} {order.Count}");

    [Function("Binary")]
    public ValueTask Binary([ServiceBusTrigger("binary", Connection = "ServiceBus")] BinaryData body)
    {
        signals.Note($"binary {body}");
        return ValueTask.CompletedTask;
    }

    [Function("DeadLetters")]
    public void DeadLetters(
        [ServiceBusTrigger("%PlainQueue%/$DeadLetterQueue", Connection = "ServiceBus")] ServiceBusReceivedMessage message) =>
        signals.Note($"dead {message.Body} {message.DeadLetterReason} {message.ApplicationProperties.GetValueOrDefault("job")}");

    [Function("Sessions")]
    public async Task Sessions(
        [ServiceBusTrigger("sessions", Connection = "ServiceBus", IsSessionsEnabled = true)] ServiceBusReceivedMessage message,
        ServiceBusSessionMessageActions session)
    {
        var count = int.TryParse((await session.GetSessionStateAsync()).ToString(), out var before) ? before + 1 : 1;
        await session.SetSessionStateAsync(BinaryData.FromString($"{count}"));
        signals.Note($"session {message.SessionId} {message.Body} {count}");
    }

    [Function("Batched")]
    public void Batched([ServiceBusTrigger("batched", Connection = "ServiceBus", IsBatched = true)] ServiceBusReceivedMessage[] messages) =>
        signals.Note($"batch {string.Join(',', messages.Select(message => message.Body))}");

    public sealed record Order(string Name, int Count);
}
