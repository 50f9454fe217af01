using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>Where a job is. It only moves forward; see <see cref="JobStates"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Validated and recorded; its work message is queued, or will be.</summary>
    [JsonStringEnumMemberName("accepted")] Accepted,

    /// <summary>A worker has claimed it.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Every task has its results.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>Some tasks have results and some failed; the record and the manifest say which.</summary>
    [JsonStringEnumMemberName("partially_succeeded")] PartiallySucceeded,

    /// <summary>No task has results; the record says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Its owner cancelled it before it was done.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>Its deadline passed before it was done.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
}
