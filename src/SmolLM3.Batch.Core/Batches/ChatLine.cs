using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Batches;

/// <summary>One line of a batch's input file, read: a request to compute, or an error to report.</summary>
/// <param name="CustomId">The user's id; null if not even that could be read.</param>
/// <param name="Request">What to compute, or null.</param>
/// <param name="Error">What is wrong, or null.</param>
public sealed record ChatLine(string? CustomId, ChatRequest? Request, ChatLineError? Error);
