using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Tasks.Results;
using Document = SmolLM3.Batch.Documents.Document;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Word: the text of runs changes; styles, numbering, tables, headers, footers, notes, fields and pictures stay.</summary>
internal sealed class DocxTranslatable : ITranslatable
{
    private readonly Document _document;
    private readonly List<Unit> _units = [];

    public DocxTranslatable(Document document)
    {
        _document = document;
        using var stream = new MemoryStream(document.Source.ToArray(), writable: false);
        using var package = WordprocessingDocument.Open(stream, isEditable: false);
        foreach (var (paragraph, kind) in Paragraphs(package))
        {
            var taken = new DocxParagraph(paragraph);
            _units.Add(new Unit(kind, taken.Tagged, taken.Atoms));
        }
    }

    public IReadOnlyList<Unit> Units => _units;

    public ResultFile Write(IReadOnlyList<string?> targets, string language)
    {
        using var stream = new MemoryStream();
        stream.Write(_document.Source.Span);
        using (var package = WordprocessingDocument.Open(stream, isEditable: true))
        {
            // The same walk over the same bytes finds the same paragraphs.
            var paragraphs = Paragraphs(package).ToList();
            for (int i = 0; i < paragraphs.Count; i++)
            {
                if (targets[i] is { } target) new DocxParagraph(paragraphs[i].Paragraph).Replace(target);
            }

            SetLanguage(package, language);
        }

        return new ResultFile("translate.docx", MediaTypes.Docx, stream.ToArray());
    }

    private static IEnumerable<(Paragraph Paragraph, BlockKind Kind)> Paragraphs(WordprocessingDocument package)
    {
        foreach (var root in Roots(package.MainDocumentPart!))
        {
            foreach (var paragraph in root.Descendants<Paragraph>())
            {
                if (new DocxParagraph(paragraph).HasText) yield return (paragraph, Kind(paragraph));
            }
        }
    }

    private static IEnumerable<OpenXmlElement> Roots(MainDocumentPart part)
    {
        OpenXmlElement?[] roots =
        [
            part.Document.Body,
            .. part.HeaderParts.Select(header => header.Header),
            .. part.FooterParts.Select(footer => footer.Footer),
            part.FootnotesPart?.Footnotes,
            part.EndnotesPart?.Endnotes,
        ];
        return roots.OfType<OpenXmlElement>();
    }

    private static BlockKind Kind(Paragraph paragraph)
    {
        string style = paragraph.ParagraphProperties?.ParagraphStyleId?.Val?.Value ?? "";
        if (style.StartsWith(
            "heading",
            StringComparison.OrdinalIgnoreCase) || style.Equals("Title", StringComparison.OrdinalIgnoreCase)) return BlockKind.Heading;
        if (paragraph.Ancestors<TableCell>().Any()) return BlockKind.TableRow;
        if (paragraph.Ancestors<Footnote>().Any() || paragraph.Ancestors<Endnote>().Any()) return BlockKind.Footnote;
        return paragraph.ParagraphProperties?.NumberingProperties is null ? BlockKind.Paragraph : BlockKind.ListItem;
    }

    /// <summary>Proofing should not underline every word.</summary>
    private static void SetLanguage(WordprocessingDocument package, string language)
    {
        string tag = language switch { "en" => "en-US", "pt" => "pt-PT", _ => $"{language}-{language.ToUpperInvariant()}" };
        var defaults = package.MainDocumentPart!.StyleDefinitionsPart?.Styles?.DocDefaults?.RunPropertiesDefault?.RunPropertiesBaseStyle;
        if (defaults?.Languages is { } languages) languages.Val = tag;
        foreach (var direct in Roots(package.MainDocumentPart).SelectMany(root => root.Descendants<Languages>())) direct.Val = tag;
    }
}
