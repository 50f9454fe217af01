namespace SmolLM3.Inference.Benchmarking;

/// <summary>A case that was not measured.</summary>
/// <param name="BatchSize">Sequences at once.</param>
/// <param name="PromptTokens">Tokens of each prompt.</param>
/// <param name="Reason">Why not.</param>
public sealed record SkippedCase(int BatchSize, int PromptTokens, string Reason);
