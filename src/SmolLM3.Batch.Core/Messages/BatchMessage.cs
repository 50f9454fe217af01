namespace SmolLM3.Batch.Messages;

/// <summary>Body of a message on the queue <c>jobs</c> whose subject is <see cref="Subject"/>: a batch waits to be planned.</summary>
/// <param name="BatchId">The batch.</param>
public sealed record BatchMessage(string BatchId)
{
    /// <summary>Subject of such messages; requests from users have none.</summary>
    public const string Subject = "batch";
}
