using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Proves that no value satisfies two schemas: by their types, by their values, or by a property that both require and disagree about.
/// </summary>
internal sealed class SchemaDisjointness(JsonNode root)
{
    // Schemas that refer to themselves are not followed for ever.
    private const int Deepest = 16;

    public bool AreDisjoint(JsonNode? first, JsonNode? second, int depth = 0)
    {
        if (depth > Deepest || Follow(first) is not { } a || Follow(second) is not { } b)
            return false;
        HashSet<string> aTypes = TypesOf(a);
        HashSet<string> bTypes = TypesOf(b);
        if (!aTypes.Overlaps(bTypes))
            return true;
        if (a.Values() is { } aValues && b.Values() is { } bValues)
            return !aValues.Any(value => bValues.Any(other => JsonNode.DeepEquals(value, other)));
        if (!aTypes.Concat(bTypes).All(type => type == "object") || !a.Has("properties") || !b.Has("properties"))
            return false;
        return a.Required().Intersect(b.Required())
            .Any(name => a.Object("properties").ContainsKey(name) && b.Object("properties").ContainsKey(name)
            && AreDisjoint(a.Object("properties")[name], b.Object("properties")[name], depth + 1));
    }

    private SchemaNode? Follow(JsonNode? schema)
    {
        for (int i = 0; i < Deepest && schema is JsonObject node; i++)
        {
            var at = new SchemaNode(node, "");
            if (at.Has("anyOf") || at.Has("oneOf"))
                return null;
            if (!at.Has("$ref"))
                return at;
            schema = SchemaReferences.Resolve(root, at).Target;
        }

        return null;
    }

    private static HashSet<string> TypesOf(SchemaNode schema)
    {
        HashSet<string> types = schema.Values() is { } values ? [.. values.Select(SchemaNode.TypeOf)] : schema.Types();

        // An integer is a number too.
        if (types.Contains("number"))
            types.Add("integer");
        return types;
    }
}
