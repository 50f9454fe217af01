using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>Builds the JSON Schemas that bound what a model may answer.</summary>
internal static class AnswerSchema
{
    public static JsonObject Object(params ReadOnlySpan<(string Name, JsonNode Schema)> properties)
    {
        var schemas = new JsonObject();
        var required = new JsonArray();
        foreach (var (name, schema) in properties)
        {
            schemas[name] = schema;
            required.Add(name);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = schemas, ["required"] = required, ["additionalProperties"] = false };
    }

    public static JsonObject Array(JsonNode items, int minItems, int maxItems) =>
        new() { ["type"] = "array", ["items"] = items, ["minItems"] = minItems, ["maxItems"] = maxItems };

    public static JsonObject Text(int maxLength) => new() { ["type"] = "string", ["maxLength"] = maxLength };

    public static JsonObject Integer(int minimum, int maximum) =>
        new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };

    public static JsonObject OneOf(IEnumerable<string> values) =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
}
