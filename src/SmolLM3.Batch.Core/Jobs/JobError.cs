namespace SmolLM3.Batch.Jobs;

/// <summary>Why a job did not succeed.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>: stable, for programs.</param>
/// <param name="Message">Cause and remedy, for people. Never holds document text.</param>
public sealed record JobError(string Code, string Message);
