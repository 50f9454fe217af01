using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Jobs;

/// <summary>
/// The changes a record may go through. Each is a pure function that returns the changed record, or null where the change no longer applies
/// because the job has moved on: the caller then has nothing to write.
/// </summary>
public static class JobTransitions
{
    /// <summary>A worker takes the job.</summary>
    public static JobRecord? Claim(this JobRecord record, string worker, DateTimeOffset now) =>
        record.MoveTo(JobState.Running, now) is not { } moved ? null : moved with
        {
            StartedAt = record.StartedAt ?? now,
            Attempts = record.Attempts + 1,
            Worker = worker,
            HeartbeatAt = now,
        };

    /// <summary>The worker that holds the job says that it lives, and how far it is.</summary>
    public static JobRecord? Beat(this JobRecord record, string worker, JobProgress progress, DateTimeOffset now) =>
        record.State != JobState.Running || record.Worker != worker
            ? null
            : record with { Progress = progress, HeartbeatAt = now, UpdatedAt = now };

    /// <summary>The worker has to leave and gives the job back: a claim that counts as no attempt.</summary>
    public static JobRecord? GiveBack(this JobRecord record, string worker, DateTimeOffset now) =>
        record.Release(worker, now) is not { } released ? null : released with { GivenBack = record.GivenBack + 1 };

    /// <summary>The worker failed and lets go of the job, so that the next need not wait for its heartbeat to go stale.</summary>
    public static JobRecord? Release(this JobRecord record, string worker, DateTimeOffset now) =>
        record.State != JobState.Running || record.Worker != worker
            ? null
            : record with { Worker = null, HeartbeatAt = null, UpdatedAt = now };

    /// <summary>The work message was sent, again or for the first time.</summary>
    public static JobRecord? Queued(this JobRecord record, DateTimeOffset now) =>
        record.State.IsFinal() ? null : record with { QueuedAt = now, UpdatedAt = now };

    /// <summary>
    /// The owner wants the job gone. A job that no worker holds ends at once; a running one ends when its worker sees the request.
    /// </summary>
    public static JobRecord? RequestCancel(this JobRecord record, DateTimeOffset now) => record switch
    {
        { State: JobState.Accepted } or { State: JobState.Running, Worker: null } => (record with { CancelRequested = true }).Cancel(now),
        { State: JobState.Running, CancelRequested: false } => record with { CancelRequested = true, UpdatedAt = now },
        _ => null,
    };

    /// <summary>The job ends as cancelled.</summary>
    public static JobRecord? Cancel(this JobRecord record, DateTimeOffset now) =>
        record.MoveTo(JobState.Cancelled, now) is not { } moved ? null : moved with
        {
            Error = new JobError(ErrorCodes.Cancelled, "The job was cancelled."),
        };

    /// <summary>The job ends because its deadline passed.</summary>
    public static JobRecord? Expire(this JobRecord record, DateTimeOffset now) =>
        record.MoveTo(JobState.Expired, now) is not { } moved ? null : moved with
        {
            Error = new JobError(ErrorCodes.DeadlinePassed, $"The deadline {record.Deadline:O} passed before the job was done."),
        };

    /// <summary>The job ends without results.</summary>
    public static JobRecord? Fail(this JobRecord record, JobError error, DateTimeOffset now) =>
        record.MoveTo(JobState.Failed, now) is not { } moved ? null : moved with { Error = error };

    /// <summary>The job's manifest is written: it ends as the outcomes of its tasks say.</summary>
    public static JobRecord? Finish(this JobRecord record, IReadOnlyList<TaskOutcome> outcomes, TokenUsage usage, DateTimeOffset now)
    {
        var failed = outcomes.Where(outcome => !outcome.Succeeded).ToList();
        return record.MoveTo(StateOf(outcomes), now) is not { } moved ? null : moved with
        {
            Outcomes = outcomes,
            Usage = usage,
            Error = failed.Count == 0 ? null : new JobError(
                ErrorCodes.TasksFailed,
                string.Join(" ", failed.Select(outcome => $"{outcome.Name}: {outcome.Error}"))),
            // A result found finished counts as fully done, whatever the last heartbeat said.
            Progress = failed.Count == 0 ? new JobProgress(record.Progress.Total, record.Progress.Total) : record.Progress,
        };
    }

    /// <summary>The job ends as its manifest says.</summary>
    public static JobRecord? EndAs(this JobRecord record, Manifest manifest, DateTimeOffset now)
    {
        var tokens = manifest.Usage.Tokens;
        return manifest.State switch
        {
            JobState.Cancelled =>
                record.Cancel(now) is { } cancelled ? cancelled with { Outcomes = manifest.Outcomes(), Usage = tokens } : null,
            JobState.Expired => record.Expire(now) is { } expired ? expired with { Outcomes = manifest.Outcomes(), Usage = tokens } : null,
            _ => record.Finish(manifest.Outcomes(), tokens, now),
        };
    }

    /// <summary>The owner of a job that is over was called, or could not be. What was delivered stays delivered.</summary>
    public static JobRecord? NoteCallback(this JobRecord record, CallbackState state, int attempts, string? reason, DateTimeOffset now) =>
        !record.State.IsFinal() || record.Callback is { State: CallbackState.Delivered } ? null : record with
        {
            Callback = new JobCallback(state, (record.Callback?.Attempts ?? 0) + attempts, now, reason),
            UpdatedAt = now,
        };

    /// <summary>The final state that outcomes amount to.</summary>
    public static JobState StateOf(IReadOnlyCollection<TaskOutcome> outcomes)
    {
        var failed = outcomes.Count(outcome => !outcome.Succeeded);
        return failed == 0 ? JobState.Succeeded : failed < outcomes.Count ? JobState.PartiallySucceeded : JobState.Failed;
    }

    private static JobRecord? MoveTo(this JobRecord record, JobState state, DateTimeOffset now) => !JobStates.CanMove(record.State, state)
        ? null
        : record with { State = state, UpdatedAt = now, FinishedAt = state.IsFinal() ? now : null, Worker = state.IsFinal() ? null : record.Worker };
}
