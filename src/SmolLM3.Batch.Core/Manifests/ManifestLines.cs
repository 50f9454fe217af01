namespace SmolLM3.Batch.Manifests;

/// <summary>Counts of a shard's lines.</summary>
/// <param name="Completed">Lines that were answered.</param>
/// <param name="Failed">Lines that were tried, or read, and became error lines.</param>
/// <param name="NotRun">Lines that were not executed because the batch ended before; error lines too.</param>
public sealed record ManifestLines(int Completed, int Failed, int NotRun = 0);
