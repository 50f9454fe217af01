namespace SmolLM3.Batch.Cli.Models;

/// <summary>A file of a hub repository.</summary>
/// <param name="Path">Path inside the repository.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content, for files in large-file storage; else null.</param>
/// <param name="GitBlobId">The git object id (SHA-1 over a header and the content), which small files have instead.</param>
internal sealed record HubFile(string Path, long Size, string? Sha256, string? GitBlobId);
