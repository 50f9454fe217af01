namespace SmolLM3.Batch.Jobs;

/// <summary>How one task ended.</summary>
/// <param name="Name">The task's name in results: its type, and from the second task of one type on a number (<c>translate-2</c>).</param>
/// <param name="Succeeded">Whether it has results.</param>
/// <param name="Error">Why it has none.</param>
public sealed record TaskOutcome(string Name, bool Succeeded, string? Error = null);
