using System.Diagnostics;
using System.Text.Json;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>What follows when a job is over: its batch advances, its owner is called back.</summary>
public sealed class EventHandling(BatchService batches, JobNotifier notifier)
{
    /// <summary>Handles a message of the queue <c>events</c>.</summary>
    public async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken = default)
    {
        using var activity = TraceContext.Start("events.finished", ActivityKind.Consumer, delivery.TraceParent);
        JobEvent finished;
        try
        {
            finished = JsonSerializer.Deserialize(delivery.Body.Span, BatchJson.Default.JobEvent) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            return Settlement.DeadLetter(ErrorCodes.InvalidMessage, $"The message is no job event: {JsonFault.Describe(exception)}.");
        }
        if (finished.BatchId is { } batch)
        {
            await batches.AdvanceAsync(batch, cancellationToken).ConfigureAwait(false);
            return Settlement.Complete;
        }
        return await notifier.NotifyAsync(finished.JobId, delivery, cancellationToken).ConfigureAwait(false);
    }
}
