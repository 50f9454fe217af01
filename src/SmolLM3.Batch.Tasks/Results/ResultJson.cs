using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SmolLM3.Batch.Tasks.Results;

/// <summary>
/// How results are written as JSON: camel case, indented, letters of all scripts as they are. The files are served as JSON: nobody puts
/// them into HTML unescaped.
/// </summary>
internal static class ResultJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The header's members first, then the result's own.</summary>
    public static byte[] Write(ResultHeader header, object body)
    {
        var json = JsonSerializer.SerializeToNode(header, Options)!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(body, Options)!.AsObject().ToList())
        {
            json[name] = value?.DeepClone();
        }

        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(json, Options);
    }
}
