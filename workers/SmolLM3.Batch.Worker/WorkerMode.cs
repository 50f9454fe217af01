namespace SmolLM3.Batch.Worker;

/// <summary>How long a worker process stays.</summary>
public enum WorkerMode
{
    /// <summary>Until it is told to leave.</summary>
    Service,

    /// <summary>Until the queue has been empty for a while: one execution of an event-driven Container Apps job.</summary>
    Job,
}
