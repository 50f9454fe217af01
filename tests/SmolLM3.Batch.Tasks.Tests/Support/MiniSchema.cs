using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>Validates the part of JSON Schema that the published schemas use; anything else in a schema throws.</summary>
internal static class MiniSchema
{
    public static IEnumerable<string> Errors(JsonObject schema, JsonNode? value) => Errors(schema, schema, value, "$");

    private static IEnumerable<string> Errors(JsonObject root, JsonObject schema, JsonNode? value, string path)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        foreach (var (keyword, rule) in schema)
        {
            switch (keyword)
            {
                case "$schema" or "$id" or "$defs" or "title" or "description": break;
                case "$ref":
                    foreach (string error in Errors(
                        root, root["$defs"]![rule!.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value, path)) yield return error;
                    break;
                case "type":
                    var types = rule is JsonArray list ? list.Select(type => type!.GetValue<string>()) : [rule!.GetValue<string>()];
                    if (!types.Any(type => Is(kind, value, type))) yield return $"{path} is no {rule!.ToJsonString()}";
                    break;
                case "const" when !JsonNode.DeepEquals(rule, value): yield return $"{path} is not {rule}"; break;
                case "enum" when !rule!.AsArray()
                    .Any(choice => JsonNode.DeepEquals(choice, value)): yield return $"{path} is none of {rule.ToJsonString()}"; break;
                case "anyOf" when rule!.AsArray()
                    .All(option => Errors(root, option!.AsObject(), value, path).Any()): yield return $"{path} fits no alternative"; break;
                case "minimum" when value is JsonValue number && kind == JsonValueKind.Number
                    && number.GetValue<double>() < rule!.GetValue<double>(): yield return $"{path} is too small"; break;
                case "maximum" when value is JsonValue number && kind == JsonValueKind.Number
                    && number.GetValue<double>() > rule!.GetValue<double>(): yield return $"{path} is too large"; break;
                case "pattern" when kind == JsonValueKind.String && !Regex.IsMatch(
                    value!.GetValue<string>(), rule!.GetValue<string>()): yield return $"{path} does not match {rule}"; break;
                case "minItems" when value is JsonArray array
                    && array.Count < rule!.GetValue<int>(): yield return $"{path} has too few items"; break;
                case "maxItems" when value is JsonArray array
                    && array.Count > rule!.GetValue<int>(): yield return $"{path} has too many items"; break;
                case "items" when value is JsonArray array:
                    foreach (string error in array.SelectMany(
                        (item, i) => Errors(root, rule!.AsObject(), item, $"{path}[{i}]"))) yield return error;
                    break;
                case "required" when value is JsonObject map:
                    foreach (var name in rule!.AsArray().Where(
                        name => !map.ContainsKey(name!.GetValue<string>()))) yield return $"{path}.{name} is missing";
                    break;
                case "properties" when value is JsonObject map:
                    foreach (string error in rule!.AsObject().Where(property => map.ContainsKey(property.Key)).SelectMany(property => Errors(root, property.Value!.AsObject(), map[property.Key], $"{path}.{property.Key}"))) yield return error;
                    break;
                case "additionalProperties" when value is JsonObject map && !rule!.GetValue<bool>():
                    foreach (string name in map.Select(property => property.Key).Where(
                        name => !schema["properties"]!.AsObject().ContainsKey(name))) yield return $"{path}.{name} is unknown";
                    break;
                case "const" or "enum" or "anyOf" or "minimum" or "maximum" or "pattern" or "minItems" or "maxItems" or "items" or "required" or "properties" or "additionalProperties": break;
                default: throw new NotSupportedException($"The keyword '{keyword}' is not known here.");
            }
        }
    }

    private static bool Is(JsonValueKind kind, JsonNode? value, string type) => type switch
    {
        "null" => kind == JsonValueKind.Null,
        "object" => kind == JsonValueKind.Object,
        "array" => kind == JsonValueKind.Array,
        "string" => kind == JsonValueKind.String,
        "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
        "number" => kind == JsonValueKind.Number,
        "integer" => kind == JsonValueKind.Number && value!.AsValue().TryGetValue(out double number) && number == Math.Floor(number),
        _ => throw new NotSupportedException($"The type '{type}' is not known here."),
    };
}
