using System.Text.Json;
using Azure.Messaging.ServiceBus;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Naming;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Writes the pipeline's own messages. Each carries the id of what it is about as MessageId, so that the queue drops repeats.
/// </summary>
public sealed class JobMessages(IMessageSender sender)
{
    /// <summary>Queues a job for the workers.</summary>
    public Task SendWorkAsync(JobRecord job, CancellationToken cancellationToken = default) =>
        SendWorkAsync(job, job.Id.ToString(), cancellationToken);

    /// <summary>
    /// Queues a job whose message is gone. Duplicate detection remembers the first message's id, so this one has another; a double is
    /// harmless, for a job has one claim.
    /// </summary>
    public Task SendWorkAgainAsync(JobRecord job, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        SendWorkAsync(job, $"{job.Id}-{now.UtcTicks}", cancellationToken);

    private Task SendWorkAsync(JobRecord job, string messageId, CancellationToken cancellationToken)
    {
        var message = Message(
            JsonSerializer.SerializeToUtf8Bytes(new WorkMessage(job.Id), BatchJson.Default.WorkMessage), messageId, job.TraceParent);
        message.ApplicationProperties["priority"] = job.Priority.ToString().ToLowerInvariant();
        return sender.SendAsync(QueueNames.Work, message, cancellationToken);
    }

    /// <summary>Announces that a job reached its final state.</summary>
    public Task SendEventAsync(JobRecord job, CancellationToken cancellationToken = default)
    {
        var finished = new JobEvent(job.Id, job.State, job.FinishedAt ?? job.UpdatedAt, job.BatchId);
        var message = Message(
            JsonSerializer.SerializeToUtf8Bytes(finished, BatchJson.Default.JobEvent), job.Id.ToString(), job.TraceParent);
        message.SessionId = job.BatchId ?? job.Id.ToString();
        return sender.SendAsync(QueueNames.Events, message, cancellationToken);
    }

    private static ServiceBusMessage Message(byte[] body, string id, string? traceParent)
    {
        var message = new ServiceBusMessage(new BinaryData(body)) { MessageId = id, ContentType = "application/json" };
        if ((TraceContext.Current ?? traceParent) is { } parent)
            message.ApplicationProperties[TraceContext.Property] = parent;
        return message;
    }
}
