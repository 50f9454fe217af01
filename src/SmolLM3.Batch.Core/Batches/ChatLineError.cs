namespace SmolLM3.Batch.Batches;

/// <summary>Why a line was not answered. It costs this line only.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Message">Cause and remedy.</param>
/// <param name="Param">The parameter at fault.</param>
public sealed record ChatLineError(string Code, string Message, string? Param = null);
