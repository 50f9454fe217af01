namespace SmolLM3.Batch.Cli.Documents;

/// <summary>A file to upload.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its blob's name in <c>documents</c>.</param>
/// <param name="Sidecar">Path of its <c>.job.json</c>, or null.</param>
internal sealed record LocalDocument(string Path, string Name, string? Sidecar);
