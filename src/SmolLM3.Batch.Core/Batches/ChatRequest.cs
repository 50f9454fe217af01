using System.Text.Json.Nodes;
using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Batches;

/// <summary>A chat completion as a line asks for it.</summary>
public sealed record ChatRequest
{
    /// <summary>The chat.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Most tokens to generate; null leaves it to the pipeline.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 is greedy; null takes what the model's authors recommend.</summary>
    public double? Temperature { get; init; }

    /// <summary>See <see cref="CompletionRequest.TopP"/>; null takes what the model's authors recommend.</summary>
    public double? TopP { get; init; }

    /// <summary>See <see cref="CompletionRequest.TopK"/>.</summary>
    public int TopK { get; init; }

    /// <summary>See <see cref="CompletionRequest.MinP"/>.</summary>
    public double MinP { get; init; }

    /// <summary>See <see cref="CompletionRequest.RepetitionPenalty"/>.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Seed of the random stream; null takes one that follows from the custom_id.</summary>
    public long? Seed { get; init; }

    /// <summary>Strings that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>JSON Schema of the answer.</summary>
    public JsonNode? JsonSchema { get; init; }

    /// <summary>Whether the model thinks first.</summary>
    public bool Thinking { get; init; }
}
