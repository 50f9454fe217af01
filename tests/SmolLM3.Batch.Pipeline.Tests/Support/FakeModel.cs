using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Pipeline.Tests.Support;

/// <summary>Answers with a hash of the question, counts, and does before each answer what the test wants.</summary>
internal sealed class FakeModel : ILanguageModel
{
    private int _calls;

    public LanguageModelInfo Info { get; init; } = new("fake", "1", 65536);

    public Func<int, CancellationToken, Task>? Before { get; set; }

    public int Calls => _calls;

    public ConcurrentQueue<CompletionRequest> Requests { get; } = [];

    public int CountTokens(ReadOnlySpan<char> text) => (text.Length + 3) / 4;

    public int CountPromptTokens(IReadOnlyList<ChatMessage> messages, bool thinking = false) =>
        messages.Sum(message => CountTokens(message.Content) + 4);

    public async Task<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        var call = Interlocked.Increment(ref _calls);
        Requests.Enqueue(request);
        if (Before is { } before)
            await before(call, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var question = string.Join('\n', request.Messages.Select(message => message.Role + message.Content));
        var text = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question)).AsSpan(0, 8));
        return new Completion
        {
            Text = request.JsonSchema is null ? $"answer {text}" : InstanceOf(request.JsonSchema),
            FinishReason = FinishReason.Stop,
            Usage = new TokenUsage(CountPromptTokens(request.Messages), 1, 3),
        };
    }

    private static string InstanceOf(JsonNode schema)
    {
        // Read back from text, numbers convert to whatever type is asked for.
        var parsed = JsonNode.Parse(schema.ToJsonString())!;
        return Instance(parsed, parsed, 0)?.ToJsonString() ?? "null";
    }

    // The smallest value that satisfies a schema of the kind that tasks write.
    private static JsonNode? Instance(JsonNode schema, JsonNode root, int depth)
    {
        if (schema["$ref"] is { } reference)
        {
            var target = root;
            foreach (var part in reference.GetValue<string>().Split('/').Skip(1))
                target = target[part]!;
            return Instance(target, root, depth + 1);
        }
        if (schema["const"] is { } constant)
            return constant.DeepClone();
        if (schema["enum"] is JsonArray values)
            return values[0]?.DeepClone();
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray options)
            return Instance(options[^1]!, root, depth + 1);
        var type = schema["type"] is JsonArray types ? types[0]!.GetValue<string>() : schema["type"]?.GetValue<string>();
        switch (type)
        {
            case "object":
                var value = new JsonObject();
                foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
                    value[name] = Instance(property!, root, depth + 1);
                return value;
            case "array":
                var count = schema["minItems"]?.GetValue<int>() ?? 0;
                return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Instance(schema["items"]!, root, depth + 1))]);
            case "integer" or "number":
                return JsonValue.Create(schema["minimum"]?.GetValue<double>() is { } minimum ? (int)minimum : 0);
            case "boolean":
                return JsonValue.Create(false);
            case "null":
                return null;
            default:
                return JsonValue.Create(new string('x', schema["minLength"]?.GetValue<int>() ?? 1));
        }
    }
}
