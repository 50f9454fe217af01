using System.Text.Json;

namespace SmolLM3.Inference.Configuration;

/// <summary>Typed access to the keys of a checkpoint's JSON file; every error names checkpoint, file and key.</summary>
internal readonly struct ConfigFields
{
    private readonly string _source;
    private readonly string _file;
    private readonly string _path;
    private readonly JsonElement _element;

    private ConfigFields(string source, string file, string path, JsonElement element)
        => (_source, _file, _path, _element) = (source, file, path, element);

    public static ConfigFields Parse(string source, string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var fields = new ConfigFields(source, file, "", document.RootElement.Clone());
            return document.RootElement.ValueKind == JsonValueKind.Object ? fields : throw fields.Error("is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(source, file, $"is not JSON ({e.Message})", e);
        }
    }

    public CheckpointException Error(string problem) => new(_source, _file, problem);

    public bool Has(string key) => Find(key) is not null;

    public int Int(string key, int minimum = 1) => OptionalInt(key, minimum) ?? throw Missing(key);

    public int? OptionalInt(string key, int minimum = 1)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < minimum)
            throw Error($"'{_path}{key}' is {Shown(value)}; it must be a whole number of at least {minimum}.");
        return number;
    }

    public double? OptionalNumber(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number > 0) || !double.IsFinite(number))
            throw Error($"'{_path}{key}' is {Shown(value)}; it must be a positive number.");
        return number;
    }

    public bool? OptionalBool(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Error($"'{_path}{key}' is {Shown(value)}; it must be true or false."),
    };

    public string? OptionalString(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Error($"'{_path}{key}' is {Shown(value)}; it must be a string."),
    };

    /// <summary>A list of whole numbers; a single number counts as a list of one.</summary>
    public int[]? OptionalInts(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var single))
            return [single];
        if (value.ValueKind != JsonValueKind.Array || !value.EnumerateArray().All(
            v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out _)))
            throw Error($"'{_path}{key}' is {Shown(value)}; it must be a list of whole numbers.");
        return [.. value.EnumerateArray().Select(v => v.GetInt32())];
    }

    public string[]? OptionalStrings(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || !value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String))
            throw Error($"'{_path}{key}' is {Shown(value)}; it must be a list of strings.");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    public ConfigFields? OptionalObject(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigFields(_source, _file, $"{_path}{key}.", value),
        { } value => throw Error($"'{_path}{key}' is {Shown(value)}; it must be an object."),
    };

    private JsonElement? Find(string key)
        => _element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private CheckpointException Missing(string key) => Error($"'{_path}{key}' is missing.");

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
