using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Batches;

/// <summary>States of a batch, by the names of the OpenAI batch API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BatchState>))]
public enum BatchState
{
    /// <summary>The input file is being cut into shards.</summary>
    [JsonStringEnumMemberName("validating")] Validating,

    /// <summary>The input file cannot be used.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Shards are queued or running.</summary>
    [JsonStringEnumMemberName("in_progress")] InProgress,

    /// <summary>All shards are over; the output files are being written.</summary>
    [JsonStringEnumMemberName("finalizing")] Finalizing,

    /// <summary>The output files are there.</summary>
    [JsonStringEnumMemberName("completed")] Completed,

    /// <summary>The completion window passed; what was done by then is in the output files.</summary>
    [JsonStringEnumMemberName("expired")] Expired,

    /// <summary>Its owner cancelled it; shards under way are ending.</summary>
    [JsonStringEnumMemberName("cancelling")] Cancelling,

    /// <summary>Cancelled; what was done by then is in the output files.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}
