using System.Text.Json;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Reads the messages of the queue <c>work</c>.</summary>
internal static class WorkMessages
{
    /// <summary>The job that a message names, or null if it is no work message.</summary>
    public static JobId? JobOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, BatchJson.Default.WorkMessage) is { JobId.IsEmpty: false } message
                ? message.JobId
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
