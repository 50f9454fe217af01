using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Runs the handler of a message for a host that can only complete, abandon and set aside. An abandoned message comes back at once, and a
/// storage outage of seconds would use up its deliveries; so what may pass is put off: a copy is scheduled, then the message completed. A
/// crash in between makes a double, which handlers bear.
/// </summary>
public sealed partial class MessageHandling(
    IMessageSender sender, RedeliverySchedule schedule, IOptions<PipelineOptions> options, TimeProvider time,
    ILogger<MessageHandling> logger)
{
    /// <summary>Handles a message that came from <paramref name="queue"/>. Never returns <see cref="Settlement.PutOff"/>.</summary>
    public async Task<Settlement> HandleAsync(
        string queue, ServiceBusReceivedMessage message, Func<Delivery, CancellationToken, Task<Settlement>> handler,
        CancellationToken cancellationToken = default)
    {
        var delivery = Delivery.From(message);
        var settlement = await TryAsync(queue, delivery, handler, cancellationToken).ConfigureAwait(false);
        if (settlement is not Settlement.Postponed { Delay: var delay })
            return settlement;
        await sender.SendAsync(queue, Redelivery.Of(message, delivery, time.GetUtcNow() + delay), cancellationToken).ConfigureAwait(false);
        LogPutOff(queue, delivery.MessageId, delay);
        return Settlement.Complete;
    }

    private async Task<Settlement> TryAsync(
        string queue, Delivery delivery, Func<Delivery, CancellationToken, Task<Settlement>> handler, CancellationToken cancellationToken)
    {
        try
        {
            return await handler(delivery, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(queue, delivery.MessageId, delivery.Redeliveries + 1, exception);
            var again = TransientFaults.MayPass(exception) || delivery.Redeliveries + 1 < options.Value.MaxAttempts;
            return again && schedule.Next(delivery) is { } delay ? Settlement.PutOff(delay) : Settlement.DeadLetter(
                ErrorCodes.AttemptsExhausted,
                $"The message was tried {delivery.Redeliveries + 1} times since {delivery.EnqueuedAt:O}, the last time it failed with "
                + $"{exception.GetType().Name}: {exception.Message} Mend the cause and send it again.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Queue {Queue}: message {Message} failed at attempt {Attempt}.")]
    private partial void LogFailed(string queue, string message, int attempt, Exception exception);

    [LoggerMessage(LogLevel.Information, "Queue {Queue}: message {Message} is tried again in {Delay}.")]
    private partial void LogPutOff(string queue, string message, TimeSpan delay);
}
