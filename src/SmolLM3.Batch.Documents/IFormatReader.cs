namespace SmolLM3.Batch.Documents;

/// <summary>Reads one format.</summary>
internal interface IFormatReader
{
    /// <summary>Reads <paramref name="content"/>; <paramref name="cancellationToken"/> also carries the time limit.</summary>
    Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken);
}
