namespace SmolLM3.Inference;

/// <summary>How far the loading of weights has come.</summary>
/// <param name="BytesRead">Bytes of weights read so far.</param>
/// <param name="TotalBytes">Bytes of weights in all.</param>
/// <param name="Tensor">The tensor that was finished last.</param>
public sealed record LoadProgress(long BytesRead, long TotalBytes, string Tensor);
