using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmolLM3.Measure;

/// <summary>Appends measurements to a file, one JSON object a line, as soon as they are there: a run cut short keeps what it had.</summary>
internal sealed class ResultLog(string path, RunFacts facts)
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public void Append(string kind, object result, object? settings = null) => Write(new(kind, facts, settings, result, null));

    public void AppendFailure(string kind, Exception error, object? settings = null) =>
        Write(new(kind, facts, settings, null, $"{error.GetType().Name}: {error.Message}"));

    private void Write(Line line)
    {
        var text = JsonSerializer.Serialize(line with { Run = line.Run with { Time = TimeProvider.System.GetUtcNow() } }, Json);
        File.AppendAllText(path, text + "\n");
        Console.WriteLine(text);
    }

    private sealed record Line(string Kind, RunFacts Run, object? Settings, object? Result, string? Error);
}
