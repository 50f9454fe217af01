using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>The one way in which fixed parts of the output are written.</summary>
internal static class JsonText
{
    /// <summary>A string between its quotes, in UTF-8: escaped only where JSON demands it.</summary>
    public static byte[] Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return Encoding.UTF8.GetBytes(escaped.ToString());
    }

    /// <summary>A value, with one space after each colon and comma.</summary>
    public static byte[] Write(JsonNode? value) => value switch
    {
        JsonObject node =>
            [(byte)'{', .. Join(node.Select(entry => (byte[])[.. Quote(entry.Key), .. ": "u8, .. Write(entry.Value)])), (byte)'}'],
        JsonArray node => [(byte)'[', .. Join(node.Select(Write)), (byte)']'],
        JsonValue node when node.GetValueKind() == JsonValueKind.String => Quote(node.GetValue<string>()),
        null => "null"u8.ToArray(),
        _ => Encoding.UTF8.GetBytes(value.ToJsonString()),
    };

    private static byte[] Quote(string text) => [(byte)'"', .. Escape(text), (byte)'"'];

    private static byte[] Join(IEnumerable<byte[]> parts) => [.. parts.SelectMany((part, i) => i == 0 ? part : [.. ", "u8, .. part])];
}
