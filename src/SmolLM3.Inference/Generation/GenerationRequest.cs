using System.Text.Json.Nodes;

namespace SmolLM3.Inference;

/// <summary>A prompt in token ids and how to continue it. Equal requests give equal completions, whatever else the engine is doing.</summary>
public sealed record GenerationRequest
{
    /// <summary>The prompt; at least one token.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Most tokens to generate, thinking included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>How the next token is chosen; greedy unless told otherwise.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>JSON Schema (draft 2020-12) that the answer must satisfy, or null for free text.</summary>
    public JsonNode? JsonSchema { get; init; }

    /// <summary>The completion ends before the first of these strings that would appear in the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The completion ends at the first of these tokens, which is not part of it; null takes the checkpoint's end-of-sequence ids.</summary>
    public IReadOnlyList<int>? StopIds { get; init; }

    /// <summary>
    /// The completion opens with a thinking trace: <c>&lt;think&gt;</c> is supplied where the prompt has not opened it, and
    /// <see cref="JsonSchema"/> and <see cref="Stop"/> hold from <c>&lt;/think&gt;</c> on.
    /// </summary>
    public bool Thinking { get; init; }

    /// <summary>Most tokens of thinking; at the limit the engine writes <c>&lt;/think&gt;</c> and the answer begins. Null leaves <see cref="MaxTokens"/> as the only limit.</summary>
    public int? ThinkingBudget { get; init; }

    /// <summary>Number of likeliest alternatives to report with each token's log-probability; null reports none at all, 0 only the token's own.</summary>
    public int? LogProbabilities { get; init; }
}
