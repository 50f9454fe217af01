namespace SmolLM3.Batch.Manifests;

/// <summary>One result file.</summary>
/// <param name="Name">Its name in the job's folder.</param>
/// <param name="ContentType">Its content type.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes, in lower-case hexadecimal.</param>
public sealed record ManifestFile(string Name, string ContentType, long Bytes, string Sha256);
