using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>
/// Walks a body in order and appends a block for each paragraph, table row and footnote; endnotes, headers and footers follow at the end.
/// </summary>
internal sealed class DocxWalker(DocumentBuilder builder, MainDocumentPart part, CancellationToken cancellationToken)
{
    private readonly DocxStyles _styles = new(part);
    private readonly DocxNumbering _numbering = new(part);
    private readonly DocxNotes _notes = new(builder, part);

    public void Walk(Body body)
    {
        if (body.Descendants<LastRenderedPageBreak>().Any()) builder.BeginPage();
        WalkChildren(body);
        builder.LeaveHeadings();
        _notes.AppendEndnotes();
        foreach (var (mark, text) in DocxHeaders.Of(part)) builder.Append(BlockKind.Paragraph, text, marker: mark);
    }

    private void WalkChildren(OpenXmlElement parent)
    {
        foreach (var child in parent.ChildElements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (child)
            {
                case Paragraph paragraph: AppendParagraph(paragraph); break;
                case Table table: AppendTable(table); break;
                case SectionProperties or DeletedRun: break;
                default: WalkChildren(child); break;
            }
        }
    }

    private void AppendParagraph(Paragraph paragraph)
    {
        var text = DocxText.Of(paragraph);
        int? heading = _styles.HeadingLevel(paragraph);
        string label = _numbering.Label(_styles.Numbering(paragraph), string.IsNullOrWhiteSpace(text.Text), out int listLevel);
        if (heading is { } level)
        {
            string marker = new string('#', level) + " ";
            builder.Append(BlockKind.Heading, Joined(label, text.Text.Trim()), level, marker, text.PageBreaks);
        }
        else if (label.Length > 0)
        {
            builder.Append(BlockKind.ListItem, text.Text, listLevel, new string(' ', 2 * (listLevel - 1)) + label + " ", text.PageBreaks);
        }
        else
        {
            builder.Append(BlockKind.Paragraph, text.Text, pageBreaks: text.PageBreaks);
        }

        _notes.AppendOf(text);
        foreach (var box in TextBoxes(paragraph)) WalkChildren(box);
    }

    private static string Joined(string label, string text) => label.Length == 0 || text.Length == 0 ? text : label + " " + text;

    /// <summary>Text boxes stand twice in a file, for new and for old programs; the old one's copy is the fallback.</summary>
    public static IEnumerable<TextBoxContent> TextBoxes(OpenXmlElement element) =>
        element.Descendants<TextBoxContent>().Where(box => !box.Ancestors<AlternateContentFallback>().Any());

    private void AppendTable(Table table)
    {
        foreach (var row in table.Descendants<TableRow>().Where(row => row.Ancestors<Table>().First() == table))
        {
            var cells = row.Descendants<TableCell>().Where(cell => cell.Ancestors<TableRow>().First() == row)
                .Select(cell => DocxText.Of(cell)).ToList();
            if (cells.Any(cell => !string.IsNullOrWhiteSpace(cell.Text)))
            {
                var breaks = cells.SelectMany(cell => cell.PageBreaks).Any() ? new[] { 0 } : [];
                string text = string.Join(" | ", cells.Select(cell => cell.Text.Replace('\n', ' ').Trim()));
                builder.Append(BlockKind.TableRow, $"| {text} |", pageBreaks: breaks);
            }

            foreach (var cell in cells) _notes.AppendOf(cell);
            foreach (var box in TextBoxes(row)) WalkChildren(box);
        }
    }
}
