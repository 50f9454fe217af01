using SmolLM3.Inference.KvCache;
using SmolLM3.Inference.Scheduling;

namespace SmolLM3.Inference.Engine;

/// <summary>Counts what the engine's thread does and publishes a snapshot after every step.</summary>
internal sealed class EngineMeter(TimeProvider time, long kvBudget)
{
    private volatile EngineStatistics _snapshot = new() { KvTokensBudget = kvBudget };
    private long _stepStart;
    private long _modelStart;
    private TimeSpan _modelTime;

    public EngineStatistics Snapshot => _snapshot;

    public long Finished { get; set; }

    public long Generated { get; set; }

    public long Proposed { get; set; }

    public long Accepted { get; set; }

    public void StartStep() => _stepStart = time.GetTimestamp();

    public void StartModel() => _modelStart = time.GetTimestamp();

    public void EndModel() => _modelTime = time.GetElapsedTime(_modelStart);

    public void EndStep(Scheduler scheduler, KvManager kv) => _snapshot = _snapshot with
    {
        Waiting = scheduler.Waiting,
        Running = scheduler.Running,
        Finished = Finished,
        Steps = _snapshot.Steps + 1,
        PromptTokens = scheduler.PromptTokens,
        CachedTokens = scheduler.CachedTokens,
        GeneratedTokens = Generated,
        Preemptions = scheduler.Preemptions,
        ProposedTokens = Proposed,
        AcceptedTokens = Accepted,
        KvTokensAllocated = kv.Pool.Allocated,
        KvTokensHeld = kv.Pool.Held,
        ModelTime = _snapshot.ModelTime + _modelTime,
        OverheadTime = _snapshot.OverheadTime + time.GetElapsedTime(_stepStart) - _modelTime,
    };
}
