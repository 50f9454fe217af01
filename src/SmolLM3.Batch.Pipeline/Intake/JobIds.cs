using System.Security.Cryptography;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>New ids.</summary>
public sealed class JobIds(TimeProvider time, RandomNumberGenerator random)
{
    /// <summary>An id for a request that brings none and that nothing can repeat.</summary>
    public JobId Next()
    {
        Span<byte> entropy = stackalloc byte[JobId.EntropyBytes];
        random.GetBytes(entropy);
        return JobId.Create(time.GetUtcNow(), entropy);
    }

    /// <summary>The id for a message that brings none: the same at every delivery.</summary>
    public static JobId ForMessage(Delivery delivery) => JobId.TryParse(delivery.MessageId, out var id)
        ? id
        : JobId.Derive("message", delivery.MessageId ?? "", $"{delivery.SequenceNumber}", $"{delivery.EnqueuedAt.UtcTicks}");
}
