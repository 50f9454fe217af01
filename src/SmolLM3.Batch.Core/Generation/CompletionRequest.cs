using System.Text.Json.Nodes;

namespace SmolLM3.Batch.Generation;

/// <summary>
/// One completion to compute. Equal requests give equal completions: a request without a seed is greedy or fails validation.
/// </summary>
public sealed record CompletionRequest
{
    /// <summary>The chat, oldest message first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>
    /// How many characters of the last message other requests begin with too, after the same messages before it; null where none are known
    /// to (<see cref="SharedBeginnings"/>). Models may hold such a beginning once.
    /// </summary>
    public int? SharedContent { get; init; }

    /// <summary>Most tokens to generate, thinking included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>JSON Schema (draft 2020-12) that the answer must satisfy, or null for free text.</summary>
    public JsonNode? JsonSchema { get; init; }

    /// <summary>0 is greedy.</summary>
    public double Temperature { get; init; }

    /// <summary>Keep the most likely tokens whose probabilities add up to this; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keep this many of the most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Drop tokens less likely than this share of the most likely one; 0 drops none.</summary>
    public double MinP { get; init; }

    /// <summary>Divides (positive) or multiplies (negative) the logits of tokens already seen; 1 is none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Seed of this completion's own random stream; needed where <see cref="Temperature"/> is above 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The completion ends before the first of these that would appear.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether the model thinks first (<c>/think</c>).</summary>
    public bool Thinking { get; init; }

    /// <summary>
    /// Most tokens of thinking; at the limit the trace is closed and the answer begins. Null leaves <see cref="MaxTokens"/> as the only
    /// limit.
    /// </summary>
    public int? ThinkingBudget { get; init; }
}
