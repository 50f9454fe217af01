using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>Turns a schema document into rules; the vocabulary tells in how few tokens their fixed parts can be written.</summary>
internal sealed class SchemaReader(JsonNode root, TokenTrie trie, SharedRules rules)
{
    private const int MostItems = 10_000;

    // More than JSON itself nests, and a chain of references too; far deeper ones would exhaust the stack.
    private const int MostNested = 500;
    private const int LongestCounted = 1_000_000;

    private readonly Dictionary<string, Alternatives> _read = new(StringComparer.Ordinal);
    private readonly List<Alternatives> _all = [];
    private readonly List<TableRule> _tables = [];
    private readonly SchemaDisjointness _disjointness = new(root);
    private Alternatives? _any;
    private int _nested;

    /// <summary>The alternatives of the whole, and how deep the deepest shortest value in it is.</summary>
    public (Alternatives Root, int Deepest) Read()
    {
        Alternatives value = Read(root, "");
        foreach (Alternatives alternatives in _all)
            alternatives.Resolve();
        foreach (TableRule table in _tables)
            table.AddLeaps(trie);
        for (bool again = true; again;)
        {
            again = false;
            foreach (TableRule table in _tables)
                again |= table.Relax();
            foreach (Alternatives alternatives in _all)
                again |= alternatives.Relax();
        }

        if (value.Tokens >= Rule.Unreachable)
            throw new JsonSchemaException("no value satisfies it.", "");
        return (value, _all.Max(alternatives => alternatives.Depth));
    }

    private Alternatives Read(JsonNode? schema, string pointer)
    {
        if (_read.TryGetValue(pointer, out Alternatives? value))
            return value;
        if (++_nested > MostNested)
            throw new JsonSchemaException(
                $"schemas in schemas, or references to references, are supported up to {MostNested} deep.", pointer);
        value = _read[pointer] = Create();
        switch (schema)
        {
            case JsonObject node:
                Read(new SchemaNode(node, pointer), value);
                break;
            case JsonValue flag when flag.GetValueKind() == JsonValueKind.True:
                value.Add(Any());
                break;
            case JsonValue flag when flag.GetValueKind() == JsonValueKind.False:
                break;
            default:
                throw new JsonSchemaException("a schema must be an object or a boolean.", pointer);
        }

        _nested--;
        return value;
    }

    private Alternatives Create()
    {
        var value = new Alternatives();
        _all.Add(value);
        return value;
    }

    private void Read(SchemaNode schema, Alternatives value)
    {
        Check(schema);
        if (schema.Has("$ref"))
        {
            var (target, pointer) = SchemaReferences.Resolve(root, schema);
            value.Add(Read(target, pointer));
        }
        else if (schema.Has("anyOf") || schema.Has("oneOf"))
        {
            ReadChoice(schema, schema.Has("anyOf") ? "anyOf" : "oneOf", value);
        }
        else if (schema.Values() is { } values)
        {
            AddLiterals(values, value);
        }
        else
        {
            ReadTypes(schema, value);
        }
    }

    private static void Check(SchemaNode schema)
    {
        string? alone = SchemaKeywords.Alone.FirstOrDefault(schema.Has);
        foreach (string keyword in schema.Keywords)
        {
            if (SchemaKeywords.Annotations.Contains(keyword) || keyword == alone || (keyword == "$id" && schema.Pointer.Length == 0))
                continue;
            bool known = keyword == "type" || SchemaKeywords.Assertions.ContainsKey(keyword) || SchemaKeywords.Alone.Contains(keyword);
            if (!known && !(keyword == "uniqueItems" && schema[keyword]?.GetValueKind() == JsonValueKind.False))
                throw schema.Unsupported(keyword, "is not supported");
            if (alone is not null && known && !(keyword == "type" && alone is "const" or "enum"))
                throw schema.Unsupported(keyword, $"is not supported beside '{alone}'");
        }
    }

    private void ReadChoice(SchemaNode schema, string keyword, Alternatives value)
    {
        JsonArray options = schema.Array(keyword);
        for (int i = 0; i < options.Count; i++)
        {
            for (int j = 0; keyword == "oneOf" && j < i; j++)
            {
                if (!_disjointness.AreDisjoint(options[i], options[j]))
                    throw schema.Unsupported(
                        keyword, $"is supported only where no value can satisfy two of its schemas; {j} and {i} may overlap");
            }

            value.Add(Read(options[i], $"{schema.PointerTo(keyword)}/{i}"));
        }
    }

    private void ReadTypes(SchemaNode schema, Alternatives value)
    {
        HashSet<string> types = schema.Types();
        if (types.Contains("null"))
            AddLiterals([null], value);
        if (types.Contains("boolean"))
            AddLiterals([true, false], value);
        if (types.Contains("string"))
            ReadString(schema, value);
        if (types.Contains("number") || types.Contains("integer"))
            ReadNumber(schema, integer: !types.Contains("number"), value);
        if (types.Contains("array"))
            ReadArray(schema, value);
        if (types.Contains("object"))
            ReadObject(schema, value);
    }

    private void AddLiterals(JsonNode?[] values, Alternatives to)
    {
        if (values.Length > 0)
            to.Add(rules.Literals(values));
    }

    private void ReadString(SchemaNode schema, Alternatives value)
    {
        int fewest = schema.Count("minLength") ?? 0;
        int? most = schema.Count("maxLength");
        if (most >= LongestCounted)
            most = null;
        if (fewest >= LongestCounted)
            throw schema.Unsupported("minLength", $"of {LongestCounted} or more is not supported");
        if (!schema.Has("pattern"))
        {
            if (most is null || fewest <= most)
                value.Add(new StringRule(fewest, most));
            return;
        }

        try
        {
            if ((most is null || fewest <= most) && rules.Pattern(schema.Text("pattern"), fewest, most) is { } found)
                value.Add(found);
        }
        catch (FormatException e)
        {
            throw schema.Malformed("pattern", $"a regular expression: it has {e.Message}");
        }
        catch (NotSupportedException e)
        {
            throw schema.Unsupported("pattern", $"with {e.Message} is not supported");
        }
    }

    private void ReadNumber(SchemaNode schema, bool integer, Alternatives value)
    {
        (decimal, bool)? low = schema.Number("minimum") is { } minimum ? (minimum, false) : null;
        (decimal, bool)? high = schema.Number("maximum") is { } maximum ? (maximum, false) : null;
        if (schema.Number("exclusiveMinimum") is { } above && (low is not { } l || above >= l.Item1))
            low = (above, true);
        if (schema.Number("exclusiveMaximum") is { } below && (high is not { } h || below <= h.Item1))
            high = (below, true);
        if (rules.Number(integer, low, high) is { } number)
            value.Add(number);
    }

    private void ReadArray(SchemaNode schema, Alternatives value)
    {
        int fewest = schema.Count("minItems") ?? 0;
        int? most = schema.Count("maxItems");
        if (most > MostItems && fewest <= MostItems)
            most = null;
        if (fewest > MostItems)
            throw schema.Unsupported("minItems", $"above {MostItems} is not supported");

        var items = new List<Alternatives>();
        if (schema.Has("prefixItems"))
        {
            JsonArray prefix = schema.Array("prefixItems");
            for (int i = 0; i < prefix.Count; i++)
                items.Add(Read(prefix[i], $"{schema.PointerTo("prefixItems")}/{i}"));
        }

        if (schema["items"] is JsonValue rest && rest.GetValueKind() == JsonValueKind.False)
            most = Math.Min(most ?? int.MaxValue, items.Count);
        else
            items.Add(schema.Has("items") ? Read(schema["items"], schema.PointerTo("items")) : Any());
        if (most is null || fewest <= most)
            value.Add(Track(new ArrayRule(items, fewest, most)));
    }

    private void ReadObject(SchemaNode schema, Alternatives value)
    {
        string[] required = schema.Required();
        var properties = new List<Property>();
        if (schema.Has("properties"))
        {
            foreach (var (name, property) in schema.Object("properties"))
            {
                string pointer = $"{schema.PointerTo("properties")}/{SchemaNode.EscapePointer(name)}";
                properties.Add(new Property(name, Read(property, pointer), required.Contains(name)));
            }
        }

        Alternatives? others = schema.Has("additionalProperties")
            ? Read(schema["additionalProperties"], schema.PointerTo("additionalProperties"))
            : Any();
        foreach (string name in required.Distinct().Except(properties.Select(property => property.Name)).ToArray())
            properties.Add(new Property(name, others, Required: true));

        // Where nothing is said of other properties they are allowed, but none is made up beside declared ones.
        bool madeUp = schema.Has("additionalProperties")
            ? schema["additionalProperties"]?.GetValueKind() != JsonValueKind.False
            : !schema.Has("properties");
        try
        {
            value.Add(Track(new ObjectRule(properties, madeUp ? others : null)));
        }
        catch (NotSupportedException)
        {
            throw schema.Unsupported("properties", "with so many that need not be there is not supported: require some of them");
        }
    }

    private T Track<T>(T table)
        where T : TableRule
    {
        _tables.Add(table);
        return table;
    }

    // Any value at all.
    private Alternatives Any()
    {
        if (_any is not null)
            return _any;
        _any = Create();
        ReadTypes(new SchemaNode([], ""), _any);
        return _any;
    }
}
