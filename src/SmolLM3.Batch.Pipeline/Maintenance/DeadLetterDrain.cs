using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Sees to it that no dead letter is a secret: the job of each fails with the letter's reason, also where Service Bus itself set the message
/// aside because every delivery ended in a crash. Only peeks: the messages stay for people to inspect and to send again.
/// </summary>
public sealed partial class DeadLetterDrain(
    ServiceBusClient client, JobFinisher finisher, JobIntake intake, IOptions<PipelineOptions> options, TimeProvider time, ILogger<DeadLetterDrain> logger)
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
                    if (!await HandleAsync(queue, message, cancellationToken).ConfigureAwait(false))
                        continue;
                    _seen.Add((queue, message.SequenceNumber));
                    handled++;
                }
            }
        }
    }

    // False where the letter has to be looked at again: its job is held by a worker that lives and may well finish it.
    private async Task<bool> HandleAsync(string queue, ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        var error = new JobError(Code(message.DeadLetterReason), Describe(message));
        LogFound(queue, message.MessageId, message.DeadLetterReason);
        if (queue == QueueNames.Work)
        {
            if (WorkOf(message) is not { } id)
                return true;
            var record = await finisher.FinishAsync(id, job => IsHeld(job) ? null : job.Fail(error, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            return record is null || record.State.IsFinal() || !IsHeld(record);
        }
        if (message.Subject == BatchMessage.Subject)
            return true;
        // An id conflict names somebody else's job; any other letter that left a record left it under the id tried first here.
        if (message.DeadLetterReason is ErrorCodes.JobIdConflict or ErrorCodes.InvalidRequest or ErrorCodes.InvalidMessage)
            return true;
        var door = queue == QueueNames.Jobs ? JobDoor.Message : JobDoor.Upload;
        await intake.RefuseAsync(JobIds.ForMessage(Delivery.From(message)), door, error, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private bool IsHeld(JobRecord record) => record.IsHeld(time.GetUtcNow(), options.Value.ClaimGrace);

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
