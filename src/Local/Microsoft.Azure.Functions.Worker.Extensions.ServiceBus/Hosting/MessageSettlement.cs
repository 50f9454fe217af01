using Azure.Messaging.ServiceBus;

namespace Microsoft.Azure.Functions.Worker.Extensions.ServiceBus;

/// <summary>How the messages of an invocation are settled: through a processor's event or through a receiver.</summary>
internal sealed class MessageSettlement
{
    public required Func<ServiceBusReceivedMessage, CancellationToken, Task> CompleteAsync { get; init; }

    public required Func<ServiceBusReceivedMessage, IDictionary<string, object>?, CancellationToken, Task> AbandonAsync { get; init; }

    public required Func<ServiceBusReceivedMessage, Dictionary<string, object>?, string?, string?, CancellationToken, Task> DeadLetterAsync { get; init; }

    public required Func<ServiceBusReceivedMessage, IDictionary<string, object>?, CancellationToken, Task> DeferAsync { get; init; }

    public required Func<ServiceBusReceivedMessage, CancellationToken, Task> RenewAsync { get; init; }

    public static MessageSettlement Through(ProcessMessageEventArgs args) => new()
    {
        CompleteAsync = args.CompleteMessageAsync,
        AbandonAsync = args.AbandonMessageAsync,
        DeadLetterAsync = (message, changes, reason, text, cancellationToken) => reason is null
            ? args.DeadLetterMessageAsync(message, WithDescription(changes, text), cancellationToken)
            : args.DeadLetterMessageAsync(message, changes, reason, text, cancellationToken),
        DeferAsync = args.DeferMessageAsync,
        RenewAsync = args.RenewMessageLockAsync,
    };

    public static MessageSettlement Through(ProcessSessionMessageEventArgs args) => new()
    {
        CompleteAsync = args.CompleteMessageAsync,
        AbandonAsync = args.AbandonMessageAsync,
        DeadLetterAsync = (message, changes, reason, text, cancellationToken) => reason is null
            ? args.DeadLetterMessageAsync(message, WithDescription(changes, text), cancellationToken)
            : args.DeadLetterMessageAsync(message, changes, reason, text, cancellationToken),
        DeferAsync = args.DeferMessageAsync,
        RenewAsync = (_, _) => throw new InvalidOperationException(
            "A message of a session has no lock of its own. Use ServiceBusSessionMessageActions.RenewSessionLockAsync."),
    };

    /// <param name="receiver">Where the messages came from.</param>
    /// <param name="settled">Told the lock token of each message that is settled.</param>
    public static MessageSettlement Through(ServiceBusReceiver receiver, Action<string> settled) => new()
    {
        CompleteAsync = (message, cancellationToken) => Noting(message, receiver.CompleteMessageAsync(message, cancellationToken), settled),
        AbandonAsync = (message, changes, cancellationToken) =>
            Noting(message, receiver.AbandonMessageAsync(message, changes, cancellationToken), settled),
        DeadLetterAsync = (message, changes, reason, text, cancellationToken) => Noting(
            message,
            reason is null
                ? receiver.DeadLetterMessageAsync(message, WithDescription(changes, text), cancellationToken)
                : receiver.DeadLetterMessageAsync(message, changes, reason, text, cancellationToken),
            settled),
        DeferAsync = (message, changes, cancellationToken) =>
            Noting(message, receiver.DeferMessageAsync(message, changes, cancellationToken), settled),
        RenewAsync = receiver.RenewMessageLockAsync,
    };

    private static async Task Noting(ServiceBusReceivedMessage message, Task settling, Action<string> settled)
    {
        await settling.ConfigureAwait(false);
        settled(message.LockToken);
    }

    // Without a reason the receiver's overload takes no description, and Service Bus keeps both as properties of the message.
    private static Dictionary<string, object>? WithDescription(Dictionary<string, object>? changes, string? description) =>
        description is null ? changes : new Dictionary<string, object>(changes ?? []) { ["DeadLetterErrorDescription"] = description };
}
