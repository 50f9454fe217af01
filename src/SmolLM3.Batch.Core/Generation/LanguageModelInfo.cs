namespace SmolLM3.Batch.Generation;

/// <summary>Identity and limits of a loaded model.</summary>
/// <param name="Name">For example <c>HuggingFaceTB/SmolLM3-3B</c>.</param>
/// <param name="Revision">A commit, a content hash, or "unknown".</param>
/// <param name="ContextLength">Most tokens of prompt and completion together.</param>
public sealed record LanguageModelInfo(string Name, string Revision, int ContextLength);
