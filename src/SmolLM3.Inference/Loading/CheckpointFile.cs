namespace SmolLM3.Inference;

/// <summary>A file of a checkpoint.</summary>
/// <param name="Name">Path relative to the checkpoint's root, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">What its content must hash to, in hexadecimal, where the source knows.</param>
public sealed record CheckpointFile(string Name, long Length, string? Sha256 = null);
