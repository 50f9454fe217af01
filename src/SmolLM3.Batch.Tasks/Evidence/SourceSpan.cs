namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>A place in the document.</summary>
/// <param name="Start">First character in the document's text.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Page">Its page, or null where the format has none.</param>
/// <param name="Section">The headings it stands under, outermost first.</param>
/// <param name="Paragraph">Number of its paragraph, from 1.</param>
internal sealed record SourceSpan(int Start, int End, int? Page, IReadOnlyList<string> Section, int Paragraph);
