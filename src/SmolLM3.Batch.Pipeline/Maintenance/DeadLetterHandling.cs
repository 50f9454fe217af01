using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;
using SmolLM3.Batch.Uploads;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Ends what a dead letter was about, with the letter's reason. Doing it again changes nothing.</summary>
public sealed class DeadLetterHandling(
    JobStore jobs, JobFinisher finisher, JobIntake intake, JobNotifier notifier, BatchService batches, IOptions<PipelineOptions> options,
    TimeProvider time)
{
    /// <summary>
    /// Deals with one letter. False where it has to be looked at again: its job is held by a worker that lives and may well finish it.
    /// </summary>
    public async Task<bool> HandleAsync(string queue, ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        var delivery = Delivery.From(message);
        var error = new JobError(Code(message.DeadLetterReason), Describe(message));
        switch (queue)
        {
            case QueueNames.Work:
                return WorkMessages.JobOf(delivery.Body.Span) is not { } id || await FailAsync(id, error, cancellationToken)
                    .ConfigureAwait(false);
            case QueueNames.Events:
                await UndeliveredAsync(delivery, error, cancellationToken).ConfigureAwait(false);
                return true;
            case QueueNames.Jobs when delivery.Subject == BatchMessage.Subject:
                await FailBatchAsync(delivery, error, cancellationToken).ConfigureAwait(false);
                return true;
        }
        // An id conflict names somebody else's job, and a refused request has left its record.
        if (message.DeadLetterReason is not (ErrorCodes.JobIdConflict or ErrorCodes.InvalidRequest or ErrorCodes.InvalidMessage))
        {
            var (door, id) = queue == QueueNames.Jobs ? (JobDoor.Message, RequestedId(delivery)) : (JobDoor.Upload, UploadedId(delivery));
            await intake.RefuseAsync(id ?? JobIds.ForMessage(delivery), door, error, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    private async Task<bool> FailAsync(JobId id, JobError error, CancellationToken cancellationToken)
    {
        // Over is over; if that is not announced yet, its marker brings the reconciler.
        if (await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } job || job.State.IsFinal())
            return true;
        var record = await finisher.FinishAsync(id, found => IsHeld(found) ? null : found.Fail(error, time.GetUtcNow()), cancellationToken)
            .ConfigureAwait(false);
        return record is null || record.State.IsFinal();
    }

    private async Task UndeliveredAsync(Delivery delivery, JobError error, CancellationToken cancellationToken)
    {
        if (Parse(delivery, BatchJson.Default.JobEvent) is not { } finished)
            return;
        if (finished.BatchId is { } batch)
            await batches.AdvanceAsync(batch, cancellationToken).ConfigureAwait(false);
        else
            await notifier.GiveUpAsync(finished.JobId, error.Message, cancellationToken).ConfigureAwait(false);
    }

    private Task FailBatchAsync(Delivery delivery, JobError error, CancellationToken cancellationToken) =>
        Parse(delivery, BatchJson.Default.BatchMessage) is { BatchId: { } batch }
            ? batches.FailUnplannedAsync(batch, new BatchError(error.Code, error.Message), cancellationToken)
            : Task.CompletedTask;

    private bool IsHeld(JobRecord record) => record.IsHeld(time.GetUtcNow(), options.Value.ClaimGrace);

    private static JobId? RequestedId(Delivery delivery)
    {
        try
        {
            return JobRequestReader.Read(delivery.Body).JobId;
        }
        catch (InvalidRequestException exception)
        {
            return exception.JobId;
        }
    }

    private static JobId? UploadedId(Delivery delivery)
    {
        try
        {
            return UploadEvent.Read(delivery.Body) is { } upload ? JobId.ForUpload(upload.Blob, upload.ETag) : null;
        }
        catch (InvalidRequestException)
        {
            return null;
        }
    }

    private static T? Parse<T>(Delivery delivery, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(delivery.Body.Span, type);
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
}
