namespace SmolLM3.Batch.Documents;

/// <summary>
/// One paragraph-sized piece of a document. Blocks stand in order, do not overlap, and only whitespace or markup lies between them.
/// </summary>
/// <param name="Index">Position among the document's blocks.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character in <see cref="Document.Text"/>.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="Level">Of a heading 1 to 6, of a list item its nesting from 1, otherwise 0.</param>
/// <param name="HeadingPath">The headings it stands under, outermost first; a heading's own path ends with itself.</param>
public sealed record Block(int Index, BlockKind Kind, int Start, int Length, int Level, IReadOnlyList<string> HeadingPath)
{
    /// <summary>Offset behind its last character.</summary>
    public int End => Start + Length;
}
