namespace SmolLM3.Batch.Manifests;

/// <summary>Counts of a shard's lines.</summary>
/// <param name="Completed">Lines that were answered.</param>
/// <param name="Failed">Lines that became error lines.</param>
public sealed record ManifestLines(int Completed, int Failed);
