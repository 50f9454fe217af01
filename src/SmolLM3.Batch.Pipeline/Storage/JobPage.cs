using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>Some of the jobs.</summary>
/// <param name="Jobs">Their records, by id.</param>
/// <param name="Continuation">Where to go on; null at the end. A page can be short, or empty, and still have one.</param>
public sealed record JobPage(IReadOnlyList<JobRecord> Jobs, string? Continuation);
