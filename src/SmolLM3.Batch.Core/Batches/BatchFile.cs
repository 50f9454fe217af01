namespace SmolLM3.Batch.Batches;

/// <summary>A file of the batch API: the blob <c>jobs/_files/{id}/file.json</c>, and where its content lies.</summary>
/// <param name="Id">The file.</param>
/// <param name="Filename">The name it was given.</param>
/// <param name="Purpose"><c>batch</c> for input, <c>batch_output</c> for output and error files.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Container">Container of its content.</param>
/// <param name="Blob">Blob of its content.</param>
public sealed record BatchFile(
    string Id, string Filename, string Purpose, long Bytes, DateTimeOffset CreatedAt, string Container, string Blob);
