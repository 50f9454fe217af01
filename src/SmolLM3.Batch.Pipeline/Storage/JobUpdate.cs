using SmolLM3.Batch.Jobs;

namespace SmolLM3.Batch.Pipeline;

/// <summary>What became of an attempt to change a record.</summary>
/// <param name="Record">The record as it stands now.</param>
/// <param name="Changed">Whether this attempt changed it; otherwise the job had moved on.</param>
public sealed record JobUpdate(JobRecord Record, bool Changed);
