using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>Accepts the part of JSON Schema (draft 2020-12) that constrained decoding enforces, and says no to the rest by name.</summary>
internal static class SchemaGuard
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 2_000;

    private static readonly FrozenSet<string> Annotations = FrozenSet.ToFrozenSet(
        ["$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"]);

    private static readonly FrozenSet<string> Enforced = FrozenSet.ToFrozenSet(
    [
        "type", "properties", "required", "additionalProperties", "enum", "const", "items", "minItems", "maxItems", "minLength",
        "maxLength",
        "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "$ref", "$defs",
    ]);

    /// <summary>The schema without its annotations.</summary>
    /// <exception cref="InvalidTaskException">It uses something that is not supported.</exception>
    public static JsonObject Check(JsonObject schema)
    {
        int nodes = 0;
        return Clean(schema, "#", 0, ref nodes);
    }

    private static JsonObject Clean(JsonObject schema, string path, int depth, ref int nodes)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes)
            throw Wrong(path, $"it is too large: at most {MaxDepth} levels and {MaxNodes:N0} schemas");
        var clean = new JsonObject();
        foreach (var (keyword, value) in schema)
        {
            if (Annotations.Contains(keyword)) continue;
            if (!Enforced.Contains(keyword))
            {
                throw Wrong(
                    path,
                    $"the keyword '{keyword}' is not supported; supported are {string.Join(", ", Enforced.Order(StringComparer.Ordinal))}");
            }

            clean[keyword] = keyword switch
            {
                "properties" or "$defs" => CleanMap(value, path + "/" + keyword, depth, ref nodes),
                "items" => CleanValue(value, path + "/items", depth, ref nodes),
                "additionalProperties" when value is JsonObject => CleanValue(value, path + "/additionalProperties", depth, ref nodes),
                "anyOf" => CleanList(value, path + "/anyOf", depth, ref nodes),
                _ => value?.DeepClone(),
            };
        }

        return clean;
    }

    private static JsonNode? CleanValue(JsonNode? value, string path, int depth, ref int nodes) => value switch
    {
        JsonObject schema => Clean(schema, path, depth + 1, ref nodes),
        _ => throw Wrong(path, "it must be an object"),
    };

    private static JsonObject CleanMap(JsonNode? value, string path, int depth, ref int nodes)
    {
        if (value is not JsonObject map) throw Wrong(path, "it must be an object");
        var clean = new JsonObject();
        foreach (var (name, schema) in map) clean[name] = CleanValue(schema, path + "/" + name, depth, ref nodes);
        return clean;
    }

    private static JsonArray CleanList(JsonNode? value, string path, int depth, ref int nodes)
    {
        if (value is not JsonArray list || list.Count == 0) throw Wrong(path, "it must be a list of schemas");
        var clean = new JsonArray();
        foreach (var schema in list) clean.Add(CleanValue(schema, path, depth, ref nodes));
        return clean;
    }

    private static InvalidTaskException Wrong(string path, string what) => new($"Option 'schema' of task 'prompt', at {path}: {what}.");
}
