using System.Text.Json;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Jobs;

/// <summary>
/// Reads requests strictly: a field it does not know, a wrong type and a value out of bounds are errors, and all of them are reported at
/// once.
/// </summary>
public static class JobRequestReader
{
    /// <summary>Reads a whole request.</summary>
    /// <exception cref="InvalidRequestException">Anything is wrong with it.</exception>
    public static JobRequest Read(ReadOnlyMemory<byte> utf8, RequestLimits? limits = null) =>
        Read(utf8, RequestFields.Request, limits ?? RequestLimits.Default);

    /// <summary>Reads a sidecar: a request that names no document, because it lies beside one.</summary>
    /// <exception cref="InvalidRequestException">Anything is wrong with it.</exception>
    public static JobRequest ReadSidecar(ReadOnlyMemory<byte> utf8, RequestLimits? limits = null) =>
        Read(utf8, RequestFields.Sidecar, limits ?? RequestLimits.Default);

    private static JobRequest Read(ReadOnlyMemory<byte> utf8, IReadOnlyList<string> fields, RequestLimits limits)
    {
        if (utf8.Length > limits.Bytes)
        {
            throw new InvalidRequestException(
                "",
                $"The request has {utf8.Length:N0} bytes; at most {limits.Bytes:N0} are allowed. Upload the document as a blob and name it in 'document'.");
        }
        if (utf8.Span.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];

        JsonDocument json;
        try
        {
            json = StrictJson.Parse(utf8, maxDepth: 32);
        }
        catch (JsonException exception)
        {
            var cause = utf8.IsEmpty ? "it is empty" : JsonFault.Describe(exception);
            throw new InvalidRequestException([new("", $"The request is no valid JSON: {cause}.")], innerException: exception);
        }
        using (json)
        {
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidRequestException("", $"The request must be a JSON object, not {Describe(json.RootElement)}.");
            return new RequestFields(limits).Read(json.RootElement, fields);
        }
    }

    internal static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
