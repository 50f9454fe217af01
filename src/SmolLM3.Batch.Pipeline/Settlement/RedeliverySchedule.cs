using Microsoft.Extensions.Options;

namespace SmolLM3.Batch.Pipeline;

/// <summary>When a message is tried again that failed for a reason that may pass.</summary>
public sealed class RedeliverySchedule(IOptions<PipelineOptions> options, TimeProvider time)
{
    /// <summary>
    /// The wait before the next delivery: twice the last one. Null where the message has been tried for as long as is allowed.
    /// </summary>
    public TimeSpan? Next(Delivery delivery)
    {
        var delay = options.Value.RedeliveryDelay * Math.Pow(2, Math.Min(delivery.Redeliveries, 20));
        if (delay > options.Value.MaxRedeliveryDelay)
            delay = options.Value.MaxRedeliveryDelay;
        return time.GetUtcNow() + delay - delivery.EnqueuedAt <= options.Value.RedeliverFor ? delay : null;
    }
}
