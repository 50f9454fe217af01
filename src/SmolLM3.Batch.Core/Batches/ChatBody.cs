using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Serialization;

namespace SmolLM3.Batch.Batches;

/// <summary>
/// Reads the body of a chat completion request. Parameters that change the answer and are not supported are errors; those that only label
/// the request are passed over.
/// </summary>
internal static class ChatBody
{
    // Said so that clients who always send them are served, as long as they ask for what is done anyway.
    private static readonly HashSet<string> Labels =
        ["model", "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls", "verbosity", "stream_options"];

    public static ChatRequest Read(JsonElement body)
    {
        var request = new ChatRequest { Messages = [] };
        foreach (var property in body.EnumerateObject())
        {
            if (!Labels.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
                request = Apply(request, property.Name, property.Value);
        }
        return request.Messages.Count > 0
            ? request
            : throw new ChatFieldException("missing_required_parameter", "'messages' must hold at least one message.", "messages");
    }

    private static ChatRequest Apply(ChatRequest request, string name, JsonElement value) => name switch
    {
        "messages" => request with { Messages = Messages(value) },
        "max_tokens" or "max_completion_tokens" => request with { MaxTokens = (int)Number(value, name, 1, int.MaxValue, integer: true) },
        "temperature" => request with { Temperature = Number(value, name, 0, 2) },
        "top_p" => request with { TopP = Number(value, name, 1e-9, 1) },
        "top_k" => request with { TopK = (int)Number(value, name, 0, int.MaxValue, integer: true) },
        "min_p" => request with { MinP = Number(value, name, 0, 0.999999) },
        "repetition_penalty" => request with { RepetitionPenalty = Number(value, name, 1e-3, 10) },
        "seed" => request with { Seed = (long)Number(value, name, long.MinValue, long.MaxValue, integer: true) },
        "stop" => request with { Stop = Stop(value) },
        "response_format" => request with { JsonSchema = ResponseFormat(value) },
        "reasoning_effort" => request with { Thinking = Text(value, name) is not "none" },
        "chat_template_kwargs" => request with { Thinking = EnableThinking(value) },
        "n" => Only(request, name, value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n == 1, "1"),
        "stream" or "logprobs" => Only(request, name, value.ValueKind == JsonValueKind.False, "false"),
        "frequency_penalty" or "presence_penalty" =>
            Only(request, name, value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0, "0; use repetition_penalty"),
        "tools" => Only(request, name, value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0, "empty"),
        "tool_choice" =>
            Only(request, name, value.ValueKind == JsonValueKind.String && value.GetString() is "none" or "auto", "none or auto"),
        _ => throw new ChatFieldException("unknown_parameter", $"Unknown parameter '{name}'.", name),
    };

    private static ChatRequest Only(ChatRequest request, string name, bool fits, string supported) => fits
        ? request
        : throw new ChatFieldException("unsupported_parameter", $"'{name}' can only be {supported}.", name);

    private static List<ChatMessage> Messages(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new ChatFieldException("invalid_type", "'messages' must be an array.", "messages");
        var messages = new List<ChatMessage>();
        foreach (var message in value.EnumerateArray())
            messages.Add(Message(message, $"messages[{messages.Count}]"));
        return messages;
    }

    private static ChatMessage Message(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new ChatFieldException("invalid_type", $"'{path}' must be an object.", path);
        foreach (var property in message.EnumerateObject())
        {
            if (property.Name is not ("role" or "content" or "name") && property.Value.ValueKind != JsonValueKind.Null)
                throw new ChatFieldException(
                    "unsupported_parameter", $"'{path}.{property.Name}' is not supported.", $"{path}.{property.Name}");
        }
        var role = message.TryGetProperty("role", out var given) ? Text(given, $"{path}.role") : null;
        if (role == "developer")
            role = "system";
        if (role is not ("system" or "user" or "assistant" or "tool"))
            throw new ChatFieldException(
                "invalid_value", $"'{path}.role' must be system, developer, user, assistant or tool.", $"{path}.role");
        if (!message.TryGetProperty("content", out var content))
            throw new ChatFieldException("missing_required_parameter", $"'{path}.content' is missing.", $"{path}.content");
        return new ChatMessage(role, Content(content, $"{path}.content"));
    }

    private static string Content(JsonElement content, string path)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return Text(content, path);
        var text = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String
                || type.GetString() != "text" || !part.TryGetProperty("text", out var value))
                throw new ChatFieldException(
                    "unsupported_content", $"'{path}' can only hold parts of the type text: the model reads text.", path);
            text.Append(Text(value, path));
        }
        return text.ToString();
    }

    private static List<string> Stop(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return [Text(value, "stop")];
        var stop = value.EnumerateArray().Select(item => Text(item, "stop")).Where(item => item.Length > 0).ToList();
        return stop.Count <= 4 ? stop : throw new ChatFieldException("invalid_value", "'stop' can hold at most 4 strings.", "stop");
    }

    private static JsonNode? ResponseFormat(JsonElement value)
    {
        const string name = "response_format";
        var type = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var given) ? Text(given, name) : null;
        switch (type)
        {
            case "text":
                return null;
            case "json_object":
                return new JsonObject { ["type"] = "object" };
            case "json_schema" when value.TryGetProperty("json_schema", out var format) && format.ValueKind == JsonValueKind.Object
                && format.TryGetProperty("schema", out var schema) && schema.ValueKind == JsonValueKind.Object:
                return StrictJson.ToNode(schema);
            default:
                throw new ChatFieldException(
                    "invalid_value", "'response_format' must be of the type text, json_object, or json_schema with json_schema.schema.",
                    name);
        }
    }

    private static bool EnableThinking(JsonElement value)
    {
        const string name = "chat_template_kwargs";
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(property => property.Name == "enable_thinking"))
            return value.TryGetProperty("enable_thinking", out var enabled) && enabled.ValueKind == JsonValueKind.True;
        throw new ChatFieldException("unsupported_parameter", "'chat_template_kwargs' can only hold enable_thinking.", name);
    }

    private static string Text(JsonElement value, string name) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new ChatFieldException("invalid_type", $"'{name}' must be a string.", name);

    private static double Number(JsonElement value, string name, double minimum, double maximum, bool integer = false)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || (integer && number != Math.Floor(number)))
            throw new ChatFieldException("invalid_type", $"'{name}' must be {(integer ? "an integer" : "a number")}.", name);
        return number >= minimum && number <= maximum
            ? number
            : throw new ChatFieldException("invalid_value", $"'{name}' must lie between {minimum:0.###} and {maximum:0.###}.", name);
    }
}
