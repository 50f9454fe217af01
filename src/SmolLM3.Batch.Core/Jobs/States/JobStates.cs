namespace SmolLM3.Batch.Jobs;

/// <summary>
/// The state machine: accepted ► running ► succeeded | partially_succeeded | failed | cancelled | expired.
/// An accepted job may also end without running. Nothing leaves a final state.
/// </summary>
public static class JobStates
{
    private static readonly string[] Names = ["accepted", "running", "succeeded", "partially_succeeded", "failed", "cancelled", "expired"];

    /// <summary>All states in their order.</summary>
    public static IReadOnlyList<JobState> All { get; } = Enum.GetValues<JobState>();

    /// <summary>Whether the job is over.</summary>
    public static bool IsFinal(this JobState state) => state >= JobState.Succeeded;

    /// <summary>The state as it stands in JSON.</summary>
    public static string ToName(this JobState state) => Names[(int)state];

    /// <summary>Reads a state as it stands in JSON.</summary>
    public static bool TryParse(string? name, out JobState state)
    {
        var index = Array.IndexOf(Names, name);
        state = (JobState)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>
    /// Whether a record may go from <paramref name="from"/> to <paramref name="to"/>. Running to running is a new claim after a lost
    /// worker.
    /// </summary>
    public static bool CanMove(JobState from, JobState to) => from switch
    {
        JobState.Accepted => to is JobState.Running or JobState.Failed or JobState.Cancelled or JobState.Expired,
        JobState.Running => to is JobState.Running || to.IsFinal(),
        _ => false,
    };
}
