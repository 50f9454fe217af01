using System.Text.Json;
using System.Text.Json.Serialization;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Serialization;

/// <summary>A job id is its text.</summary>
internal sealed class JobIdJsonConverter : JsonConverter<JobId>
{
    public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        return JobId.TryParse(text, out var id) ? id : throw new JsonException($"'{text}' is no job id. {JobId.Rule}");
    }

    public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
