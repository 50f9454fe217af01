using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

internal static class Heartbeat
{
    /// <summary>Whether a worker holds the job and has been heard of within <paramref name="grace"/>.</summary>
    public static bool IsHeld(this JobRecord record, DateTimeOffset now, TimeSpan grace) =>
        record is { State: JobState.Running, Worker: not null, HeartbeatAt: { } beat } && now - beat < grace;
}
