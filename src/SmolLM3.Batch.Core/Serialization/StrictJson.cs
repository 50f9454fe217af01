using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace SmolLM3.Batch.Serialization;

/// <summary>Parses JSON from users: no field twice, no bottomless nesting, and one kind of exception for all that is malformed.</summary>
public static class StrictJson
{
    /// <summary>Parses.</summary>
    /// <exception cref="JsonException">It is malformed.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth = 64)
    {
        // The parser itself lets bytes pass that are no text, and trips over them when they are read.
        if (!Utf8.IsValid(utf8.Span))
            throw new JsonException("It is no UTF-8 text.");
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth });
        }
        catch (InvalidOperationException exception)
        {
            // Looking for fields that come twice reads their names, and half of a surrogate pair cannot be read.
            throw new JsonException("A field's name is no Unicode text.", exception);
        }
    }

    /// <summary>A value as a node that can be written again. Nodes read their text late, and what cannot be read is to be found out now.</summary>
    /// <exception cref="JsonException">A string in it is no Unicode text.</exception>
    public static JsonNode ToNode(JsonElement value)
    {
        var node = JsonNode.Parse(value.GetRawText())!;
        try
        {
            _ = node.ToJsonString();
            return node;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("It holds half of a surrogate pair, which is no Unicode text.", exception);
        }
    }
}
