namespace Azure.Messaging.ServiceBus;

/// <summary>One message through its handler and to its settlement, the same for both processors.</summary>
internal static class Delivery
{
    /// <param name="receiver">Where the message came from.</param>
    /// <param name="message">The message.</param>
    /// <param name="autoComplete">Whether success completes it.</param>
    /// <param name="handle">The handler, with whatever keeps its lock.</param>
    /// <param name="failed">Where failures are reported.</param>
    public static async Task RunAsync(
        ServiceBusReceiver receiver, ServiceBusReceivedMessage message, bool autoComplete, Func<Task> handle,
        Func<Exception, ServiceBusErrorSource, Task> failed)
    {
        var source = ServiceBusErrorSource.ProcessMessageCallback;
        try
        {
            await handle().ConfigureAwait(false);
            if (autoComplete && receiver.ReceiveMode == ServiceBusReceiveMode.PeekLock && !message.IsSettled)
            {
                source = ServiceBusErrorSource.Complete;
                // A stop that arrives now must not undo what the handler has done.
                await receiver.CompleteMessageAsync(message, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            await failed(failure, source).ConfigureAwait(false);
            if (receiver.ReceiveMode == ServiceBusReceiveMode.PeekLock && !message.IsSettled && !IsLockLost(failure))
                await AbandonAsync(receiver, message, failed).ConfigureAwait(false);
        }
    }

    public static bool IsLockLost(Exception failure) => failure is ServiceBusException
    {
        Reason: ServiceBusFailureReason.MessageLockLost or ServiceBusFailureReason.SessionLockLost,
    };

    private static async Task AbandonAsync(
        ServiceBusReceiver receiver, ServiceBusReceivedMessage message, Func<Exception, ServiceBusErrorSource, Task> failed)
    {
        try
        {
            await receiver.AbandonMessageAsync(message, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await failed(failure, ServiceBusErrorSource.Abandon).ConfigureAwait(false);
        }
    }
}
