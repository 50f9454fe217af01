using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>An object of a schema, with errors that say where it stands.</summary>
internal sealed class SchemaNode(JsonObject node, string pointer)
{
    public string Pointer => pointer;

    public IEnumerable<string> Keywords => node.Select(entry => entry.Key);

    public bool Has(string keyword) => node.ContainsKey(keyword);

    public JsonNode? this[string keyword] => node[keyword];

    public string PointerTo(string keyword) => $"{pointer}/{EscapePointer(keyword)}";

    public static string EscapePointer(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public JsonSchemaException Unsupported(string keyword, string why) => new($"'{keyword}' {why}.", PointerTo(keyword), keyword);

    public JsonSchemaException Malformed(string keyword, string expected) =>
        new($"'{keyword}' must be {expected}.", PointerTo(keyword), keyword);

    /// <summary>A whole number that is not negative, or null where the keyword is not there.</summary>
    public int? Count(string keyword)
    {
        if (!Has(keyword))
            return null;
        return Number(keyword) is { } number && number >= 0 && number == decimal.Truncate(number)
            ? (int)Math.Min(number, int.MaxValue)
            : throw Malformed(keyword, "a non-negative integer");
    }

    /// <summary>
    /// A number; null where the keyword is not there. What is farther from 0 than a decimal goes is taken for its greatest, for no number
    /// that is written comes near that.
    /// </summary>
    public decimal? Number(string keyword)
    {
        if (!Has(keyword))
            return null;
        if (node[keyword]?.GetValueKind() != JsonValueKind.Number)
            throw Malformed(keyword, "a number");
        string text = node[keyword]!.ToJsonString();
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            return text[0] == '-' ? decimal.MinValue : decimal.MaxValue;
        return number != 0 || double.Parse(text, CultureInfo.InvariantCulture) == 0
            ? number
            : throw Unsupported(keyword, "so close to 0 is not supported");
    }

    public string Text(string keyword) =>
        node[keyword]?.GetValueKind() == JsonValueKind.String ? node[keyword]!.GetValue<string>() : throw Malformed(keyword, "a string");

    public JsonArray Array(string keyword, bool mayBeEmpty = false) =>
        node[keyword] is JsonArray array && (mayBeEmpty || array.Count > 0)
            ? array
            : throw Malformed(keyword, mayBeEmpty ? "an array" : "a non-empty array");

    public JsonObject Object(string keyword) => node[keyword] as JsonObject ?? throw Malformed(keyword, "an object");

    /// <summary>The names of the properties that an object must have.</summary>
    public string[] Required() => !Has("required") ? [] :
    [
        .. Array("required", mayBeEmpty: true).Select(name => name?.GetValueKind() == JsonValueKind.String
            ? name.GetValue<string>()
            : throw Malformed("required", "an array of strings")),
    ];

    /// <summary>The types that it allows, as <c>type</c> says; all if it does not.</summary>
    public HashSet<string> Types()
    {
        if (!Has("type"))
            return [.. SchemaKeywords.Types];
        JsonArray named = node["type"] is JsonArray array ? array : new JsonArray(node["type"]?.DeepClone());
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? type in named)
        {
            if (type?.GetValueKind() != JsonValueKind.String || !SchemaKeywords.Types.Contains(type.GetValue<string>()))
                throw Malformed("type", "one or more of " + string.Join(", ", SchemaKeywords.Types));
            types.Add(type.GetValue<string>());
        }

        return types.Count > 0 ? types : throw Malformed("type", "one or more of " + string.Join(", ", SchemaKeywords.Types));
    }

    /// <summary>
    /// The values that <c>const</c> or <c>enum</c> allows, less those of another type than <c>type</c> asks for; null without either.
    /// </summary>
    public JsonNode?[]? Values()
    {
        JsonNode?[]? values = Has("const") ? [node["const"]] : Has("enum") ? [.. Array("enum")] : null;
        if (values is null)
            return null;
        HashSet<string> types = Types();
        return [.. values.Where(value => types.Contains(TypeOf(value)) || (TypeOf(value) == "integer" && types.Contains("number")))];
    }

    public static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        _ => decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && number == decimal.Truncate(number) ? "integer" : "number",
    };
}
