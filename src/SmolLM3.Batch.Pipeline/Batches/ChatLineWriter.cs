using System.Text.Encodings.Web;
using System.Text.Json;
using SmolLM3.Batch.Batches;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Writes the lines of a batch's output and error files, field for field as the OpenAI batch API does.</summary>
internal static class ChatLineWriter
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An answered line.</summary>
    public static byte[] Answer(
        JobId shard, int line, string? customId, Completion completion, LanguageModelInfo model,
        DateTimeOffset created) => Line(shard, line, customId, json =>
    {
        json.WriteStartObject("response");
        json.WriteNumber("status_code", 200);
        json.WriteString("request_id", RequestId(shard, line));
        json.WriteStartObject("body");
        json.WriteString("id", $"chatcmpl-{RequestId(shard, line)}");
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", created.ToUnixTimeSeconds());
        json.WriteString("model", model.Name);
        json.WriteStartArray("choices");
        WriteChoice(json, completion);
        json.WriteEndArray();
        WriteUsage(json, completion.Usage);
        json.WriteString("system_fingerprint", model.Revision);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNull("error");
    });

    /// <summary>A line that was read and could not be served, with the status that a direct call would have had.</summary>
    public static byte[] Refusal(JobId shard, int line, string? customId, int status, ChatLineError error) =>
        Line(shard, line, customId, json =>
    {
        json.WriteStartObject("response");
        json.WriteNumber("status_code", status);
        json.WriteString("request_id", RequestId(shard, line));
        json.WriteStartObject("body");
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", "invalid_request_error");
        json.WriteString("param", error.Param);
        json.WriteString("code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNull("error");
    });

    /// <summary>A line that was not executed.</summary>
    public static byte[] Error(JobId shard, int line, string? customId, ChatLineError error) => Line(shard, line, customId, json =>
    {
        json.WriteNull("response");
        json.WriteStartObject("error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteNumber("line", line);
        json.WriteEndObject();
    });

    private static byte[] Line(JobId shard, int line, string? customId, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteString("id", $"batch_req_{RequestId(shard, line)}");
            json.WriteString("custom_id", customId);
            write(json);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteChoice(Utf8JsonWriter json, Completion completion)
    {
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", completion.Text);
        json.WriteNull("refusal");
        if (completion.Thinking is { } thinking)
            json.WriteString("reasoning_content", thinking);
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", completion.FinishReason == FinishReason.Stop ? "stop" : "length");
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("total_tokens", usage.PromptTokens + usage.CompletionTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.ReasoningTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // The line's place names the request: the same at every attempt.
    private static string RequestId(JobId shard, int line) => $"{shard}-{line}";
}
