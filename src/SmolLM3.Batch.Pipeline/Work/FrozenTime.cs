namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// A clock that stands still: results carry the job's time, not the attempt's, so that two attempts write the same bytes.
/// </summary>
internal sealed class FrozenTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
