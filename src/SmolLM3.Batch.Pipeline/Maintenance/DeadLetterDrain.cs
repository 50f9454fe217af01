using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Naming;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Sees to it that no dead letter is a secret: what each was about ends with the letter's reason, also where Service Bus itself set the
/// message aside because every delivery ended in a crash. Only peeks: the messages stay for people to inspect and to send again.
/// </summary>
public sealed partial class DeadLetterDrain(ServiceBusClient client, DeadLetterHandling letters, ILogger<DeadLetterDrain> logger)
{
    private const int PageSize = 100;

    private const int MaxPages = 50;

    private readonly ConcurrentDictionary<string, DeadLetterRound> _rounds = new();

    /// <summary>
    /// Looks at the dead letters of every queue; where there are more than 5,000, at so many at a time. Returns how many were new to this
    /// process.
    /// </summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var handled = 0;
        foreach (var queue in QueueNames.All)
            handled += await DrainAsync(queue, _rounds.GetOrAdd(queue, _ => new DeadLetterRound()), cancellationToken)
                .ConfigureAwait(false);
        return handled;
    }

    private async Task<int> DrainAsync(string queue, DeadLetterRound round, CancellationToken cancellationToken)
    {
        var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        await using (receiver.ConfigureAwait(false))
        {
            var handled = 0;
            for (var pages = 0; pages < MaxPages; pages++)
            {
                var page = await receiver.PeekMessagesAsync(PageSize, round.Next, cancellationToken).ConfigureAwait(false);
                if (page.Count == 0)
                {
                    round.End();
                    break;
                }
                foreach (var message in page)
                {
                    if (round.Pass(message.SequenceNumber) || !await HandleAsync(queue, message, cancellationToken).ConfigureAwait(false))
                        continue;
                    round.Handled(message.SequenceNumber);
                    handled++;
                }
            }
            return handled;
        }
    }

    private async Task<bool> HandleAsync(string queue, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        LogFound(queue, message.MessageId, message.DeadLetterReason);
        try
        {
            return await letters.HandleAsync(queue, message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One letter about a damaged record must not keep the others unread.
            LogSkipped(queue, message.MessageId, exception);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Dead letter in {Queue}: message {Message}, reason {Reason}.")]
    private partial void LogFound(string queue, string message, string? reason);

    [LoggerMessage(LogLevel.Error, "Dead letter in {Queue}: message {Message} could not be dealt with; it is looked at again.")]
    private partial void LogSkipped(string queue, string message, Exception exception);
}
