using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>Lenient access to an answer's fields: what is missing or of another type is simply not there.</summary>
internal static class JsonFields
{
    public static string Text(this JsonObject node, string name)
    {
        string text = node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        return CleanText.OneLine(text);
    }

    public static IEnumerable<JsonObject> Items(this JsonObject node, string name) =>
        node[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    public static IEnumerable<int> Integers(this JsonObject node, string name)
    {
        if (node[name] is not JsonArray array) yield break;
        foreach (var item in array)
        {
            if (item is JsonValue value && value.TryGetValue(out int number)) yield return number;
        }
    }
}
