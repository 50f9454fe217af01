namespace SmolLM3.Batch.Naming;

/// <summary>The four Service Bus queues. Bicep creates queues of exactly these names.</summary>
public static class QueueNames
{
    /// <summary>Event Grid's BlobCreated events for the <c>documents</c> container.</summary>
    public const string Uploads = "uploads";

    /// <summary>Requests from users, not yet validated.</summary>
    public const string Jobs = "jobs";

    /// <summary>Accepted jobs, taken by the GPU workers.</summary>
    public const string Work = "work";

    /// <summary>Jobs that reached a final state; the session id is the batch id, or the job id where there is no batch.</summary>
    public const string Events = "events";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Uploads, Jobs, Work, Events];
}
