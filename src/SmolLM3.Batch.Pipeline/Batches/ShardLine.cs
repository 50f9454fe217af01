using SmolLM3.Batch.Batches;

namespace SmolLM3.Batch.Pipeline;

/// <summary>A line of a shard: a request, or what it is answered with instead.</summary>
/// <param name="Number">Its number in the whole file, from 1.</param>
/// <param name="CustomId">Its name, where that can be read.</param>
/// <param name="Request">What it asks for; null for a bad line.</param>
/// <param name="Refusal">The error line of a bad line.</param>
internal sealed record ShardLine(int Number, string? CustomId, ChatRequest? Request, byte[]? Refusal);
