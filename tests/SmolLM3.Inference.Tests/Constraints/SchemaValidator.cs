using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>A plain validator for the supported keywords, written from the specification and sharing nothing with what it checks.</summary>
internal static class SchemaValidator
{
    public static bool IsValid(JsonNode root, JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue flag)
            return flag.GetValue<bool>();
        var s = (JsonObject)schema!;
        bool ok = true;
        foreach (var (keyword, argument) in s)
        {
            ok &= keyword switch
            {
                "type" => (argument is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [argument!.GetValue<string>()]).Any(type => HasType(type, value)),
                "const" => JsonNode.DeepEquals(argument, value),
                "enum" => argument!.AsArray().Any(option => JsonNode.DeepEquals(option, value)),
                "anyOf" => argument!.AsArray().Any(option => IsValid(root, option, value)),
                "oneOf" => argument!.AsArray().Count(option => IsValid(root, option, value)) == 1,
                "$ref" => IsValid(root, Follow(root, argument!.GetValue<string>()), value),
                "minLength" => value is not JsonValue v || !HasType("string", v) || Length(v) >= argument!.GetValue<int>(),
                "maxLength" => value is not JsonValue v || !HasType("string", v) || Length(v) <= argument!.GetValue<int>(),
                "pattern" => value is not JsonValue v || !HasType("string", v)
                    || Regex.IsMatch(v.GetValue<string>(), argument!.GetValue<string>(), RegexOptions.ECMAScript),
                "minimum" => !HasType("number", value) || Number(value) >= Number(argument),
                "maximum" => !HasType("number", value) || Number(value) <= Number(argument),
                "exclusiveMinimum" => !HasType("number", value) || Number(value) > Number(argument),
                "exclusiveMaximum" => !HasType("number", value) || Number(value) < Number(argument),
                "minItems" => value is not JsonArray a || a.Count >= argument!.GetValue<int>(),
                "maxItems" => value is not JsonArray a || a.Count <= argument!.GetValue<int>(),
                "prefixItems" => value is not JsonArray a || a.Zip(argument!.AsArray()).All(pair => IsValid(root, pair.Second, pair.First)),
                "items" => value is not JsonArray a
                    || a.Skip((s["prefixItems"] as JsonArray)?.Count ?? 0).All(item => IsValid(root, argument, item)),
                "properties" =>
                    value is not JsonObject o || argument!.AsObject().All(p => !o.ContainsKey(p.Key) || IsValid(root, p.Value, o[p.Key])),
                "required" => value is not JsonObject o || argument!.AsArray().All(name => o.ContainsKey(name!.GetValue<string>())),
                "additionalProperties" => value is not JsonObject o
                    || o.All(p => (s["properties"] as JsonObject)?.ContainsKey(p.Key) == true || IsValid(root, argument, p.Value)),
                "$defs" or "$schema" or "title" or "description" => true,
                _ => throw new ArgumentException(keyword),
            };
        }

        return ok;
    }

    private static bool HasType(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && double.IsInteger(Number(value)),
        "array" => value is JsonArray,
        "object" => value is JsonObject,
        _ => throw new ArgumentException(type),
    };

    private static double Number(JsonNode? value) => double.Parse(value!.ToJsonString(), CultureInfo.InvariantCulture);

    private static int Length(JsonNode value) => value.GetValue<string>().EnumerateRunes().Count();

    private static JsonNode? Follow(JsonNode root, string reference) =>
        reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode?)root, (at, name) => at![name]);
}
