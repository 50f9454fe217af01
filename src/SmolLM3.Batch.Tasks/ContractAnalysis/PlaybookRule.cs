namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>What a team wants of one kind of clause.</summary>
/// <param name="Category">The clause.</param>
/// <param name="Position">What is wanted.</param>
/// <param name="Fallback">What is still acceptable, or null.</param>
/// <param name="Severity">How much a departure weighs.</param>
internal sealed record PlaybookRule(ClauseCategory Category, string Position, string? Fallback, RiskLevel Severity);
