using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks.Running;

/// <summary>
/// Reads the JSON of an answer; one that was cut at its token limit is closed where it stopped, and what was complete is kept.
/// </summary>
internal static class JsonAnswer
{
    /// <summary>The object, or null where the text has none.</summary>
    public static JsonObject? Parse(Completion completion) => Parse(completion.Text);

    public static JsonObject? Parse(string text)
    {
        int start = text.IndexOf('{');
        if (start < 0) return null;
        text = text[start..];
        if (TryParse(text) is { } whole) return whole;
        foreach (string closed in Closings(text))
        {
            if (TryParse(closed) is { } repaired) return repaired;
        }

        return null;
    }

    private static JsonObject? TryParse(string json)
    {
        try
        {
            var node = JsonNode.Parse(
                json, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, MaxDepth = 64 }) as JsonObject;

            // Duplicate keys come to light only when the object is read.
            _ = node?.Count;
            return node;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text cut after each complete value, latest first, and closed there.</summary>
    private static IEnumerable<string> Closings(string text)
    {
        var cuts = new List<(int Length, string Close)>();
        var open = new Stack<char>();
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (inString)
            {
                if (c == '\\') i++;
                else if (c == '"') inString = false;
                continue;
            }

            if (c == '"') inString = true;
            else if (c is '{' or '[') open.Push(c == '{' ? '}' : ']');
            else if (c is '}' or ']')
            {
                if (open.Count == 0) break;
                open.Pop();
                cuts.Add((i + 1, Close(open)));
                if (open.Count == 0) break;
            }
            else if (c == ',') cuts.Add((i, Close(open)));
        }

        for (int i = cuts.Count - 1; i >= 0 && i >= cuts.Count - 64; i--) yield return text[..cuts[i].Length] + cuts[i].Close;
        yield return "{}";
    }

    private static string Close(Stack<char> open)
    {
        var text = new StringBuilder();
        foreach (char c in open) text.Append(c);
        return text.ToString();
    }
}
