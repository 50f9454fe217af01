namespace SmolLM3.Batch.Worker;

/// <summary>What the worker is doing, for health checks and for leaving when idle.</summary>
internal sealed class WorkerStatus(TimeProvider time)
{
    private int _running;
    private long _lastActive = time.GetTimestamp();
    private volatile bool _receiving;

    public bool Receiving
    {
        get => _receiving;
        set => _receiving = value;
    }

    public int Running => Volatile.Read(ref _running);

    /// <summary>How long no job has been running.</summary>
    public TimeSpan Idle => Running > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _lastActive));

    public void Begin()
    {
        Interlocked.Increment(ref _running);
        Touch();
    }

    public void End()
    {
        Touch();
        Interlocked.Decrement(ref _running);
    }

    public void Touch() => Volatile.Write(ref _lastActive, time.GetTimestamp());
}
