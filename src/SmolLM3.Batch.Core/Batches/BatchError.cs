namespace SmolLM3.Batch.Batches;

/// <summary>Why a whole batch failed.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">Cause and remedy.</param>
/// <param name="Line">The line at fault, from 1.</param>
/// <param name="Param">The parameter at fault.</param>
public sealed record BatchError(string Code, string Message, int? Line = null, string? Param = null);
