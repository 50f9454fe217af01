using System.Text.Json.Nodes;

namespace SmolLM3.Inference;

/// <summary>
/// A prompt in token ids and how to continue it. Equal requests give equal completions, whatever else the engine is doing.
/// </summary>
public sealed record GenerationRequest
{
    /// <summary>The prompt; at least one token.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>
    /// Lengths of the prompt's beginnings that other requests have too: a document that several questions are asked about, a long system
    /// prompt. Requests that agree in such a beginning and its length share its memory and attend to it together. Any beginning in common
    /// is computed once; without a breakpoint it is copied. The keys and values are cut here whether or not another request shares them, so
    /// that the completion does not depend on it. Beginnings of less than 256 tokens, or of less than an eighth of the prompt, are copied
    /// all the same.
    /// </summary>
    public IReadOnlyList<int> CacheBreakpoints { get; init; } = [];

    /// <summary>Most tokens to generate, thinking included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>How the next token is chosen; greedy unless told otherwise.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>JSON Schema (draft 2020-12) that the answer must satisfy, or null for free text.</summary>
    public JsonNode? JsonSchema { get; init; }

    /// <summary>The completion ends before the first of these strings that would appear in the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>
    /// The completion ends at the first of these tokens, which is not part of it; null takes the checkpoint's end-of-sequence ids.
    /// </summary>
    public IReadOnlyList<int>? StopIds { get; init; }

    /// <summary>
    /// The completion opens with a thinking trace: <c>&lt;think&gt;</c> is supplied where the prompt has not opened it, and
    /// <see cref="JsonSchema"/> and <see cref="Stop"/> hold from <c>&lt;/think&gt;</c> on.
    /// </summary>
    public bool Thinking { get; init; }

    /// <summary>
    /// Most tokens of thinking; at the limit the engine writes <c>&lt;/think&gt;</c> and the answer begins. Null leaves
    /// <see cref="MaxTokens"/> as the only limit.
    /// </summary>
    public int? ThinkingBudget { get; init; }

    /// <summary>
    /// Number of likeliest alternatives to report with each token's log-probability; null reports none at all, 0 only the token's own.
    /// </summary>
    public int? LogProbabilities { get; init; }

    internal void Validate(int vocabularySize, bool hasTokenizer)
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentNullException.ThrowIfNull(Stop);
        Sampling.Validate();
        if (Prompt.Count == 0)
            throw new ArgumentException("The prompt is empty; it needs at least one token.", nameof(Prompt));
        foreach (var id in Prompt)
            if ((uint)id >= (uint)vocabularySize)
                throw new ArgumentException($"The prompt holds token {id}, but the vocabulary has {vocabularySize:N0}.", nameof(Prompt));
        ArgumentNullException.ThrowIfNull(CacheBreakpoints);
        foreach (var breakpoint in CacheBreakpoints)
            if (breakpoint < 1 || breakpoint > Prompt.Count)
                throw new ArgumentOutOfRangeException(
                    nameof(CacheBreakpoints), breakpoint,
                    $"A cache breakpoint is the length of a beginning of the prompt: 1 to {Prompt.Count:N0}.");
        if (MaxTokens < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "MaxTokens must be at least 1.");
        if (ThinkingBudget < 0)
            throw new ArgumentOutOfRangeException(nameof(ThinkingBudget), ThinkingBudget, "ThinkingBudget must be 0 or more.");
        if (LogProbabilities is < 0 or > 100)
            throw new ArgumentOutOfRangeException(nameof(LogProbabilities), LogProbabilities, "LogProbabilities must be 0 to 100.");
        if (Stop.Any(string.IsNullOrEmpty))
            throw new ArgumentException("A stop string is empty.", nameof(Stop));
        if (!hasTokenizer && (Stop.Count > 0 || JsonSchema is not null))
            throw new ArgumentException(
                "Stop strings and JSON schemas need a tokenizer, but the checkpoint has no tokenizer.json.", nameof(Stop));
    }
}
