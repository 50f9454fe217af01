using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>Finds what a <c>$ref</c> means inside one schema document.</summary>
internal static class SchemaReferences
{
    /// <summary>The schema that a node refers to, and where it stands.</summary>
    public static (JsonNode? Target, string Pointer) Resolve(JsonNode root, SchemaNode from)
    {
        string reference = from.Text("$ref");
        if (!reference.StartsWith('#') || (reference.Length > 1 && reference[1] != '/'))
            throw from.Unsupported("$ref", $"'{reference}' is not supported; only '#' and '#/...' are, inside the same schema");
        JsonNode? target = root;
        string pointer = "";
        foreach (string part in Uri.UnescapeDataString(reference)[1..].Split('/').Skip(1))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            target = target switch
            {
                JsonObject parent when parent.TryGetPropertyValue(name, out JsonNode? child) => child,
                JsonArray parent when int.TryParse(name, out int index) && index >= 0 && index < parent.Count => parent[index],
                _ => throw from.Unsupported("$ref", $"'{reference}' leads nowhere"),
            };
            pointer += "/" + SchemaNode.EscapePointer(name);
        }

        return (target, pointer);
    }
}
