using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Output;

/// <summary>A job's state in a few words, and the colour it is shown in.</summary>
internal static class StateText
{
    public static string Plain(JobRecord? record) => record switch
    {
        null => "uploaded",
        { CancelRequested: true } when !record.State.IsFinal() => "cancelling",
        { State: JobState.Running, Progress.Total: > 0 } => $"running {record.Progress.Done}/{record.Progress.Total}",
        _ => record.State.ToName().Replace('_', ' '),
    };

    public static string Colour(JobRecord? record) => record?.State switch
    {
        null or JobState.Accepted => "grey",
        JobState.Running => "blue",
        JobState.Succeeded => "green",
        JobState.PartiallySucceeded => "yellow",
        _ => "red",
    };

    /// <summary>Why a job did not fully succeed, or null.</summary>
    public static string? Reason(JobRecord record) =>
        record.Error?.Message
        ?? (record.Outcomes.Where(outcome => !outcome.Succeeded).Select(outcome => $"{outcome.Name}: {outcome.Error}") is var failed
            && failed.Any() ? string.Join("; ", failed) : null);
}
