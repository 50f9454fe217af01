using System.Text.Json;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Jobs;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Functions;

/// <summary>What <c>POST /v1/batches</c> asks for.</summary>
internal sealed record BatchRequest(
    string InputFileId, string Endpoint, string CompletionWindow, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Reads it strictly.</summary>
internal static class BatchRequestReader
{
    private const int MaxMetadata = 16;

    public static BatchRequest Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = StrictJson.Parse(utf8);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidRequestException("", "The request must be a JSON object.");
            return Read(json.RootElement);
        }
        catch (JsonException exception)
        {
            throw new InvalidRequestException("", $"The request is no valid JSON: {JsonFault.Describe(exception)}.");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair parses as JSON and cannot be read as text.
            throw new InvalidRequestException("", "The request holds text that is no Unicode.");
        }
    }

    private static BatchRequest Read(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name is not ("input_file_id" or "endpoint" or "completion_window" or "metadata"))
                throw new InvalidRequestException(property.Name, $"Unknown parameter: '{property.Name}'.");
        }
        var (file, endpoint, window) = (Text(root, "input_file_id"), Text(root, "endpoint"), Text(root, "completion_window"));
        if (endpoint != ChatLineReader.Endpoint)
            throw new InvalidRequestException("endpoint", $"'{endpoint}' is no endpoint that is served; use '{ChatLineReader.Endpoint}'.");
        if (window != "24h")
            throw new InvalidRequestException("completion_window", $"'{window}' is no completion window; use '24h'.");
        return new BatchRequest(file, endpoint, window, Metadata(root));
    }

    private static Dictionary<string, string> Metadata(JsonElement root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!root.TryGetProperty("metadata", out var given) || given.ValueKind == JsonValueKind.Null)
            return metadata;
        if (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Count() > MaxMetadata
            || given.EnumerateObject().Any(
                entry => entry.Name.Length > 64 || entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString()!.Length > 512))
            throw new InvalidRequestException(
                "metadata", $"It must hold at most {MaxMetadata} strings of at most 512 characters, under keys of at most 64.");
        foreach (var entry in given.EnumerateObject())
            metadata[entry.Name] = entry.Value.GetString()!;
        return metadata;
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new InvalidRequestException(name, "It is missing or no string.");
}
