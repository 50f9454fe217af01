namespace SmolLM3.Inference.Constraints;

/// <summary>
/// The keywords of draft 2020-12 that are understood. Any other is refused, for ignoring it could let a wrong answer through.
/// </summary>
internal static class SchemaKeywords
{
    /// <summary>Keywords that say nothing about what is valid, or only hold definitions.</summary>
    public static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "$schema", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    };

    /// <summary>Keywords that limit values, each with the type that it speaks of.</summary>
    public static readonly Dictionary<string, string> Assertions = new(StringComparer.Ordinal)
    {
        ["minLength"] = "string", ["maxLength"] = "string", ["pattern"] = "string",
        ["minimum"] = "number", ["maximum"] = "number", ["exclusiveMinimum"] = "number", ["exclusiveMaximum"] = "number",
        ["items"] = "array", ["prefixItems"] = "array", ["minItems"] = "array", ["maxItems"] = "array",
        ["properties"] = "object", ["required"] = "object", ["additionalProperties"] = "object",
    };

    /// <summary>Keywords that stand alone: with them only annotations may be there, and <c>type</c> beside the last two.</summary>
    public static readonly string[] Alone = ["$ref", "anyOf", "oneOf", "const", "enum"];

    /// <summary>The types; a number may be an integer.</summary>
    public static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];
}
