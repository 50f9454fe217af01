namespace SmolLM3.Batch.Tasks.Planning;

/// <summary>A part of the document that one prompt shows. The ranges [Start, End) of all chunks put together are the document.</summary>
/// <param name="Index">Position among the chunks.</param>
/// <param name="ReadFrom">Where its text begins: before <paramref name="Start"/> by the overlap with the chunk before.</param>
/// <param name="Start">Where it begins to be responsible.</param>
/// <param name="End">Where it ends.</param>
internal sealed record Chunk(int Index, int ReadFrom, int Start, int End);
