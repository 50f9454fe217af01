namespace SmolLM3.Batch.Pipeline;

/// <summary>Looks at the queue <c>work</c> without taking anything from it.</summary>
public interface IWorkQueueInspector
{
    /// <summary>Which jobs have a message in the queue, locked ones included, from its head on.</summary>
    Task<QueuedWork> LookAsync(CancellationToken cancellationToken = default);
}
