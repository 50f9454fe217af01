using System.Text.Json;

namespace SmolLM3.Batch.Serialization;

/// <summary>Says where JSON is broken without quoting it: what is quoted could be a document, and errors are stored and logged.</summary>
public static class JsonFault
{
    /// <summary>For example "it is malformed at line 3, byte 17".</summary>
    public static string Describe(JsonException exception) => exception is { LineNumber: { } line, BytePositionInLine: { } position }
        ? $"it is malformed at line {line + 1}, byte {position + 1}"
        : "it is no UTF-8 text, or a field comes twice or has a name that is no text";
}
