using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Messages;
using SmolLM3.Batch.Manifests;

namespace SmolLM3.Batch.Serialization;

/// <summary>How everything that the pipeline stores and sends is written as JSON: camelCase, nulls left out, known types only.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(WorkMessage))]
[JsonSerializable(typeof(JobEvent))]
[JsonSerializable(typeof(JobNotification))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(BatchRecord))]
[JsonSerializable(typeof(BatchFile))]
[JsonSerializable(typeof(BatchMessage))]
public sealed partial class BatchJson : JsonSerializerContext
{
    /// <summary>Readable text: indented, and letters of every script as themselves. For blobs that people open.</summary>
    public static BatchJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
