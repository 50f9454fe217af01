using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>How a job came in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobDoor>))]
public enum JobDoor
{
    /// <summary>A blob was uploaded.</summary>
    [JsonStringEnumMemberName("upload")] Upload,

    /// <summary>A message came on the queue <c>jobs</c>.</summary>
    [JsonStringEnumMemberName("message")] Message,

    /// <summary><c>POST /api/jobs</c>.</summary>
    [JsonStringEnumMemberName("http")] Http,

    /// <summary><c>POST /v1/batches</c>: the job is a shard of a batch.</summary>
    [JsonStringEnumMemberName("batch")] Batch,
}
