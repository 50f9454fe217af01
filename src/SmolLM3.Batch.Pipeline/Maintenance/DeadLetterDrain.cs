using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Sees to it that no dead letter is a secret: the job of each fails with the letter's reason, also where Service Bus itself set the message
/// aside because every delivery ended in a crash. Only peeks: the messages stay for people to inspect and to send again.
/// </summary>
public sealed partial class DeadLetterDrain(ServiceBusClient client, JobFinisher finisher, JobIntake intake, TimeProvider time, ILogger<DeadLetterDrain> logger)
{
    private const int PageSize = 100;

    private readonly HashSet<(string Queue, long Number)> _seen = [];

    /// <summary>Looks at the dead letters of the queues <c>work</c>, <c>jobs</c> and <c>uploads</c>. Returns how many were new to this process.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        var handled = 0;
        foreach (var queue in new[] { QueueNames.Work, QueueNames.Jobs, QueueNames.Uploads })
            handled += await DrainAsync(queue, cancellationToken).ConfigureAwait(false);
        return handled;
    }

    private async Task<int> DrainAsync(string queue, CancellationToken cancellationToken)
    {
        var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        await using (receiver.ConfigureAwait(false))
        {
            var handled = 0;
            for (long from = 0; ;)
            {
                var page = await receiver.PeekMessagesAsync(PageSize, from, cancellationToken).ConfigureAwait(false);
                if (page.Count == 0)
                    return handled;
                foreach (var message in page)
                {
                    from = Math.Max(from, message.SequenceNumber + 1);
                    if (_seen.Contains((queue, message.SequenceNumber)))
                        continue;
                    await HandleAsync(queue, message, cancellationToken).ConfigureAwait(false);
                    _seen.Add((queue, message.SequenceNumber));
                    handled++;
                }
            }
        }
    }

    private async Task HandleAsync(string queue, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        var error = new JobError(Code(message.DeadLetterReason), Describe(message));
        LogFound(queue, message.MessageId, message.DeadLetterReason);
        if (queue == QueueNames.Work)
        {
            if (WorkOf(message) is { } id)
                await finisher.FinishAsync(id, record => record.Fail(error, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            return;
        }
        // An id conflict names somebody else's job; any other letter that left a record left it under the id tried first here.
        if (message.DeadLetterReason != ErrorCodes.JobIdConflict && message.DeadLetterReason is not (ErrorCodes.InvalidRequest or ErrorCodes.InvalidMessage))
            await intake.RefuseAsync(JobIds.ForMessage(Delivery.From(message)), queue == QueueNames.Jobs ? JobDoor.Message : JobDoor.Upload, error, cancellationToken).ConfigureAwait(false);
    }

    private static JobId? WorkOf(ServiceBusReceivedMessage message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Body.ToMemory().Span, BatchJson.Default.WorkMessage) is { JobId.IsEmpty: false } work ? work.JobId : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Code(string? reason) => reason switch
    {
        "MaxDeliveryCountExceeded" => ErrorCodes.AttemptsExhausted,
        "TTLExpiredException" => ErrorCodes.DeadlinePassed,
        null or "" => ErrorCodes.InternalError,
        _ => reason,
    };

    private static string Describe(ServiceBusReceivedMessage message) => string.IsNullOrEmpty(message.DeadLetterErrorDescription)
        ? $"The message was set aside after {message.DeliveryCount} deliveries: {message.DeadLetterReason}."
        : message.DeadLetterErrorDescription;

    [LoggerMessage(LogLevel.Warning, "Dead letter in {Queue}: message {Message}, reason {Reason}.")]
    private partial void LogFound(string queue, string message, string? reason);
}
