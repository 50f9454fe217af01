namespace SmolLM3.Batch.Tasks;

/// <summary>One file of a task's result.</summary>
/// <param name="Name">For example <c>summarize.json</c>.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ResultFile(string Name, string ContentType, ReadOnlyMemory<byte> Content);
