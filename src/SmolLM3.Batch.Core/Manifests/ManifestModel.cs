namespace SmolLM3.Batch.Manifests;

/// <summary>The model that computed a job.</summary>
/// <param name="Name">For example <c>HuggingFaceTB/SmolLM3-3B</c>.</param>
/// <param name="Revision">A commit, a content hash, or "unknown".</param>
public sealed record ManifestModel(string Name, string Revision);
