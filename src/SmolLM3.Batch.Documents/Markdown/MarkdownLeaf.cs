namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>A block of Markdown that holds text. The span covers its marker where that stands in the same line.</summary>
internal readonly record struct MarkdownLeaf(BlockKind Kind, int Start, int End, int Level);
