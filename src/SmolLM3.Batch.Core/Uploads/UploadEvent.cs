using System.Text.Json;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Uploads;

/// <summary>A blob was created. Read from Event Grid's own schema or from CloudEvents 1.0, one event or an array of one.</summary>
/// <param name="Container">Its container.</param>
/// <param name="Blob">Its name.</param>
/// <param name="ETag">Its version, without quotes.</param>
public sealed record UploadEvent(string Container, string Blob, string ETag)
{
    private const string Created = "Microsoft.Storage.BlobCreated";

    /// <summary>Reads the body of a message on the queue <c>uploads</c>; null for an event of another type.</summary>
    /// <exception cref="InvalidRequestException">It is no event.</exception>
    public static UploadEvent? Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 1)
                root = root[0];
            if (root.ValueKind != JsonValueKind.Object)
                throw new InvalidRequestException("", $"The message must be one Event Grid event, not {JobRequestReader.Describe(root)}.");

            var type = Text(root, "eventType") ?? Text(root, "type")
                ?? throw new InvalidRequestException("", "The message is no Event Grid event: it has neither 'eventType' nor 'type'.");
            if (type != Created)
                return null;
            return ReadSubject(Required(root, "subject"), root);
        }
        catch (JsonException exception)
        {
            throw new InvalidRequestException(
                [new("", $"The message is no valid JSON: {JsonFault.Describe(exception)}.")], innerException: exception);
        }
    }

    private static UploadEvent ReadSubject(string subject, JsonElement root)
    {
        const string containers = "/containers/", blobs = "/blobs/";
        var container = subject.IndexOf(containers, StringComparison.Ordinal);
        var blob = container < 0 ? -1 : subject.IndexOf(blobs, container, StringComparison.Ordinal);
        if (blob < 0 || blob + blobs.Length == subject.Length)
            throw new InvalidRequestException("subject", $"'{subject}' names no blob.");
        if (!root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
            throw new InvalidRequestException("data", "The event has no data.");
        return new UploadEvent(
            subject[(container + containers.Length)..blob],
            subject[(blob + blobs.Length)..],
            Required(data, "eTag", "data.").Trim('"'));
    }

    private static string Required(JsonElement json, string name, string prefix = "") => Text(json, name)
        ?? throw new InvalidRequestException(prefix + name, "The event lacks it.");

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
