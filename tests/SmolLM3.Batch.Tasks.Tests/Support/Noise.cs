using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Tests.Support;

/// <summary>What a model with random weights writes: random text, or random JSON that its schema allows.</summary>
internal static class Noise
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz     ABCDEFG0123456789.,;:-_*#|<>[](){}'\"\\/&%$§éüñß日本\n\t";

    /// <summary>Answers from a seed and the request alone, so that equal requests get equal answers.</summary>
    public static Func<CompletionRequest, string> Model(int seed) => request =>
    {
        string key = string.Concat(request.Messages.Select(message => message.Content)) + request.MaxTokens;
        int hash = seed;
        foreach (char c in key) hash = unchecked((hash * 31) + c);
        var random = new Random(hash);
        return request.JsonSchema is null
            ? Text(random, random.Next(1, 3 * request.MaxTokens))
            : Json(request.JsonSchema.AsObject(), random)!.ToJsonString();
    };

    public static JsonNode? Json(JsonObject schema, Random random)
    {
        if (schema["const"] is { } constant) return constant.DeepClone();
        if (schema["enum"] is JsonArray choices) return choices[random.Next(choices.Count)]?.DeepClone();
        if (schema["anyOf"] is JsonArray options) return Json(options[random.Next(options.Count)]!.AsObject(), random);
        return schema["type"]?.GetValue<string>() switch
        {
            "object" => Object(schema, random),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(Int(schema, "minItems", 0), Int(schema, "maxItems", 5) + 1)).Select(_ => Json(schema["items"]!.AsObject(), random))]),
            "string" => Text(random, random.Next(Int(schema, "minLength", 0), Int(schema, "maxLength", 40) + 1)),
            "integer" => random.Next(Int(schema, "minimum", -100), Int(schema, "maximum", 100) + 1),
            "number" => random.NextDouble(),
            "boolean" => random.Next(2) == 0,
            _ => null,
        };
    }

    public static string Text(Random random, int length)
    {
        var text = new StringBuilder(length);
        while (text.Length < length) text.Append(Letters[random.Next(Letters.Length)]);
        return text.ToString();
    }

    private static JsonObject Object(JsonObject schema, Random random)
    {
        var result = new JsonObject();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? []) result[name] = Json(property!.AsObject(), random);
        return result;
    }

    private static int Int(JsonObject schema, string name, int fallback) => schema[name]?.GetValue<int>() ?? fallback;
}
