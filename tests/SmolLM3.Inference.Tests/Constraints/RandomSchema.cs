using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Tests.Constraints;

/// <summary>Seeded schemas from all supported keywords, nested and recursive, each of which some value satisfies.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Names = ["a", "ab", "name", "party", "date", "naïve", "quote\"d", "tab\t", "émoji🙂", "items", "x"];
    private static readonly string[] Patterns =
    [
        @"^[A-Z]{2}-\d{2,4}$", @"^\d{4}-\d{2}-\d{2}$", "foo|bar", @"^(a|bc)*$", @"^[^""\\]+$", @"é+", @"^\S+( \S+)*$",
        @"^[\u4e00-\u9fff]{1,3}$", @"^a?b+?c*$",
        @"^[^\n<>]{1,40}$", @"^[A-Z][a-z]{0,9}( [A-Za-z]{1,9}){0,2}$", @"^(?:[0-9a-f]{2}:){2}[0-9a-f]{2}$", @"\\[""\\]",
        @"^[\w.+-]+@[\w-]+(\.[\w-]+)+$", @"^(?:(?:19|20)\d{2}|\?)$",
        @"^[^a-m]*$", @"[.!?]$", @"^\s*\S",
    ];

    private static readonly string[] References = ["tree", "list", "keyed", "even", "odd"];

    public JsonObject Next()
    {
        JsonObject schema = Value(random.Next(2, 5));
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        schema["$defs"] = new JsonObject
        {
            ["leaf"] = Value(0),
            ["tree"] = JsonNode.Parse("""{"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["v"],"additionalProperties":false}"""),
            ["keyed"] = JsonNode.Parse("""{"type":"object","additionalProperties":{"anyOf":[{"$ref":"#/$defs/keyed"},{"$ref":"#/$defs/leaf"},{"type":"boolean"}]}}"""),
            ["even"] = JsonNode.Parse("""{"type":"array","maxItems":2,"items":{"type":"object","properties":{"odd":{"$ref":"#/$defs/odd"}},"additionalProperties":false}}"""),
            ["odd"] = JsonNode.Parse("""{"oneOf":[{"type":"string","minLength":1},{"$ref":"#/$defs/even"}]}"""),
            ["list"] = JsonNode.Parse("""{"anyOf":[{"type":"null"},{"type":"array","prefixItems":[{"type":"boolean"},{"$ref":"#/$defs/list"}],"minItems":2,"items":false}]}"""),
        };
        return schema;
    }

    private JsonObject Value(int depth)
    {
        switch (random.Next(depth > 0 ? 12 : 7))
        {
            case 0:
                return new JsonObject { ["type"] = Pick("null", "boolean") };
            case 1:
                return Number();
            case 2:
                return Text();
            case 3:
                return new JsonObject { ["enum"] = new JsonArray(Literals()) };
            case 4:
                return new JsonObject { ["const"] = Literals()[0]?.DeepClone(), ["title"] = "constant" };
            case 5:
                return new JsonObject { ["$ref"] = $"#/$defs/{References[random.Next(References.Length)]}" };
            case 6:
                return new JsonObject { ["type"] = new JsonArray("string", "integer"), ["maxLength"] = random.Next(4), ["minimum"] = 0 };
            case 7:
                return Choice(depth, "anyOf");
            case 8:
                return new JsonObject { ["oneOf"] = new JsonArray(
                    Number(), Text(), new JsonObject { ["type"] = "array", ["maxItems"] = 2 }) };
            case 9 or 10:
                return Object(depth);
            default:
                return Array(depth);
        }
    }

    private JsonObject Choice(int depth, string keyword) =>
        new() { [keyword] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Value(depth - 1))]) };

    private JsonObject Number()
    {
        var schema = new JsonObject { ["type"] = Pick("integer", "number") };
        double low = Math.Round(random.NextDouble() * 400 - 200, random.Next(4));
        double high = low + 1 + Math.Round(random.NextDouble() * 300, random.Next(3));
        if (random.Next(2) == 0)
            schema[Pick("minimum", "exclusiveMinimum")] = low;
        if (random.Next(2) == 0)
            schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = Math.Round(high, 3) + 1;
        return schema;
    }

    private JsonObject Text()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (random.Next(3) == 0)
        {
            schema["pattern"] = Patterns[random.Next(Patterns.Length)];
            if (random.Next(2) == 0)
                schema["maxLength"] = 12;
            return schema;
        }

        int fewest = random.Next(5);
        if (random.Next(2) == 0)
            schema["minLength"] = fewest;
        if (random.Next(2) == 0)
            schema["maxLength"] = fewest + random.Next(20);
        return schema;
    }

    private JsonObject Array(int depth)
    {
        int fewest = random.Next(3);
        var schema = new JsonObject { ["type"] = "array", ["minItems"] = fewest };
        if (random.Next(2) == 0)
            schema["maxItems"] = fewest + random.Next(3);
        if (random.Next(3) == 0)
            schema["prefixItems"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => (JsonNode)Value(depth - 1))]);
        if (random.Next(4) > 0)
            schema["items"] = Value(depth - 1);
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var schema = new JsonObject { ["type"] = "object" };
        string[] names = [.. Names.OrderBy(_ => random.Next()).Take(random.Next(5))];
        if (names.Length > 0 || random.Next(2) == 0)
            schema["properties"] = new JsonObject(names.Select(name => KeyValuePair.Create(name, (JsonNode?)Value(depth - 1))));
        schema["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(name => (JsonNode)name)]);
        if (random.Next(3) > 0)
            schema["additionalProperties"] = random.Next(3) switch { 0 => false, 1 => Value(0), _ => true };
        return schema;
    }

    private JsonNode?[] Literals()
    {
        JsonNode?[] all = [null, true, 12, -3.5, "plain", "with \"quotes\" and \\", "line\nbreak", "🙂 naïve", new JsonObject { ["k"] = new JsonArray(1, "two", null) }, new JsonArray()];
        return [.. all.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select(value => value?.DeepClone())];
    }

    private string Pick(string a, string b) => random.Next(2) == 0 ? a : b;
}
