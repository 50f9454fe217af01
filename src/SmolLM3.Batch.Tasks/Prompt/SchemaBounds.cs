using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Prompt;

/// <summary>
/// Gives every string and list of a schema a bound, so that an answer ends before its tokens do. Bounds that are there stay.
/// </summary>
internal static class SchemaBounds
{
    public static JsonObject Apply(JsonObject schema, int maxTokens)
    {
        int strings = Math.Max(1, Count(schema, isString: true));
        int arrays = Count(schema, isString: false);
        int items = Math.Clamp(maxTokens / 100, 2, 50);

        // Two characters to a token is cautious; a string inside a list is written once per item.
        int length = Math.Clamp(2 * maxTokens / (strings * (arrays > 0 ? items : 1)), 16, 4_000);
        var bounded = (JsonObject)schema.DeepClone();
        Bound(bounded, length, items);
        return bounded;
    }

    private static void Bound(JsonObject schema, int length, int items)
    {
        if (Is(schema, "string") && schema["enum"] is null && schema["const"] is null && schema["pattern"] is null && schema["maxLength"] is null)
        {
            schema["maxLength"] = Math.Max(length, schema["minLength"]?.GetValue<int>() ?? 0);
        }

        if (Is(schema, "array") && schema["maxItems"] is null)
        {
            schema["maxItems"] = Math.Max(items, schema["minItems"]?.GetValue<int>() ?? 0);
        }

        foreach (var child in Children(schema)) Bound(child, length, items);
    }

    private static int Count(JsonObject schema, bool isString) =>
        (Is(schema, isString ? "string" : "array") ? 1 : 0) + Children(schema).Sum(child => Count(child, isString));

    private static IEnumerable<JsonObject> Children(JsonObject schema)
    {
        foreach (string map in new[] { "properties", "$defs" })
        {
            foreach (var (_, child) in schema[map] as JsonObject ?? [])
            {
                if (child is JsonObject found) yield return found;
            }
        }

        if (schema["items"] is JsonObject item) yield return item;
        if (schema["additionalProperties"] is JsonObject other) yield return other;
        foreach (var child in schema["anyOf"] as JsonArray ?? [])
        {
            if (child is JsonObject found) yield return found;
        }
    }

    private static bool Is(JsonObject schema, string type) => schema["type"] switch
    {
        JsonValue value => value.ToString() == type,
        JsonArray types => types.Any(value => value?.ToString() == type),
        _ => false,
    };
}
