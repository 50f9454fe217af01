using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Cli.Tests;

/// <summary>Job records with no more in them than they must have.</summary>
internal static class Records
{
    public static JobRecord Of(string id, JobState state) => new()
    {
        Id = JobId.Parse(id),
        State = state,
        Door = JobDoor.Http,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
