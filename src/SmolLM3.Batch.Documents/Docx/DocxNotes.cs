using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>
/// Appends notes: a footnote behind the paragraph that refers to it, so that it has its page and headings; endnotes at the end.
/// </summary>
internal sealed class DocxNotes(DocumentBuilder builder, MainDocumentPart part)
{
    private readonly Dictionary<int, string> _footnotes = Texts(part.FootnotesPart?.Footnotes?.Elements<Footnote>());
    private readonly Dictionary<int, string> _endnotes = Texts(part.EndnotesPart?.Endnotes?.Elements<Endnote>());
    private readonly HashSet<int> _written = [];
    private readonly List<int> _referred = [];

    /// <summary>The footnotes of a text that was just appended; its endnotes are remembered.</summary>
    public void AppendOf(DocxText text)
    {
        _referred.AddRange(text.Endnotes);
        foreach (int id in text.Footnotes.Where(_written.Add))
        {
            if (_footnotes.TryGetValue(id, out string? note))
                builder.Append(BlockKind.Footnote, note, marker: DocxText.FootnoteMark(id) + ": ");
        }
    }

    public void AppendEndnotes()
    {
        foreach (int id in _referred.Distinct())
        {
            if (_endnotes.TryGetValue(id, out string? note))
                builder.Append(BlockKind.Footnote, note, marker: DocxText.EndnoteMark(id) + ": ");
        }
    }

    private static Dictionary<int, string> Texts(IEnumerable<FootnoteEndnoteType>? notes) => (notes ?? [])
        .Where(note => note.Id is not null)
        .DistinctBy(note => note.Id!.Value)
        .ToDictionary(note => (int)note.Id!.Value, note => DocxText.Of(note).Text.Trim());
}
