using System.Text.Json;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Batches;

/// <summary>Reads lines of a batch's input file. Whatever is wrong with a line becomes that line's error.</summary>
public static class ChatLineReader
{
    /// <summary>The endpoint whose requests are answered.</summary>
    public const string Endpoint = "/v1/chat/completions";

    /// <summary>Reads one line.</summary>
    public static ChatLine Read(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument json;
        try
        {
            json = StrictJson.Parse(utf8);
        }
        catch (JsonException exception)
        {
            return new ChatLine(
                null, null, new ChatLineError("invalid_json_line", $"The line is no valid JSON: {JsonFault.Describe(exception)}."));
        }
        using (json)
        {
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return new ChatLine(null, null, new ChatLineError("invalid_json_line", "The line must be a JSON object."));
            string? customId = null;
            try
            {
                customId = ReadCustomId(root);
                CheckEnvelope(root);
                return new ChatLine(customId, ChatBody.Read(root.GetProperty("body")), null);
            }
            catch (ChatFieldException exception)
            {
                return new ChatLine(customId, null, new ChatLineError(exception.Code, exception.Message, exception.Param));
            }
            catch (Exception exception) when (exception is InvalidOperationException or JsonException)
            {
                // Half of a surrogate pair parses as JSON and cannot be read as text.
                return new ChatLine(customId, null, new ChatLineError("invalid_value", "The line holds text that is no Unicode."));
            }
        }
    }

    /// <summary>The custom_id of a line if it can be read, without reading the rest.</summary>
    public static string? ReadCustomId(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = StrictJson.Parse(utf8);
            return json.RootElement.ValueKind == JsonValueKind.Object ? ReadCustomId(json.RootElement) : null;
        }
        catch (Exception exception) when (exception is JsonException or ChatFieldException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string ReadCustomId(JsonElement root)
    {
        if (!root.TryGetProperty("custom_id", out var value))
            throw new ChatFieldException("missing_required_parameter", "The line lacks 'custom_id'.", "custom_id");
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= 512 } id)
            throw new ChatFieldException("invalid_value", "'custom_id' must be a string of 1 to 512 characters.", "custom_id");
        return id;
    }

    private static void CheckEnvelope(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name is not ("custom_id" or "method" or "url" or "body"))
                throw new ChatFieldException(
                    "unknown_parameter", $"Unknown field '{property.Name}'. Fields are custom_id, method, url, body.", property.Name);
        }
        if (!root.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String || method.GetString() != "POST")
            throw new ChatFieldException("invalid_method", "'method' must be POST.", "method");
        if (!root.TryGetProperty("url", out var url) || url.ValueKind != JsonValueKind.String || url.GetString() != Endpoint)
            throw new ChatFieldException("invalid_url", $"'url' must be {Endpoint}, the endpoint of the batch.", "url");
        if (!root.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object)
            throw new ChatFieldException("missing_required_parameter", "'body' must be the chat completion request, an object.", "body");
    }
}
