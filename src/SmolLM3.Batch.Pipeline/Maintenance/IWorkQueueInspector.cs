namespace SmolLM3.Batch.Pipeline;

/// <summary>Looks at the queue <c>work</c> without taking anything from it.</summary>
public interface IWorkQueueInspector
{
    /// <summary>When the oldest message in the queue was sent, locked ones included; null if the queue is empty.</summary>
    Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken = default);
}
