using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>Which of the jobs that a worker holds goes first. Jobs that wait in the queue keep their order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobPriority>))]
public enum JobPriority
{
    /// <summary>After all others.</summary>
    [JsonStringEnumMemberName("low")] Low,

    /// <summary>The default.</summary>
    [JsonStringEnumMemberName("normal")] Normal,

    /// <summary>Before all others.</summary>
    [JsonStringEnumMemberName("high")] High,
}
