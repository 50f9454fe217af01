using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>
/// The headers and footers that a reader sees, each text once however many pages repeat it: they hold dates, parties and draft marks. Those
/// of first and even pages count only where the document shows them: Word keeps the texts of what was switched off.
/// </summary>
internal static class DocxHeaders
{
    public const string HeaderMark = "Header: ";
    public const string FooterMark = "Footer: ";

    public static IEnumerable<(string Mark, string Text)> Of(MainDocumentPart part)
    {
        var sections = part.Document.Descendants<SectionProperties>().ToList();
        bool first = sections.Any(section => IsOn(section.GetFirstChild<TitlePage>()));
        bool even = IsOn(part.DocumentSettingsPart?.Settings?.GetFirstChild<EvenAndOddHeaders>());
        return sections.SelectMany(section => section.Elements<HeaderFooterReferenceType>())
            .Where(reference => reference.Type?.Value switch
            {
                HeaderFooterValues.First => first,
                HeaderFooterValues.Even => even,
                _ => true,
            })
            .OrderBy(reference => reference is FooterReference)
            .Select(reference => (reference is HeaderReference ? HeaderMark : FooterMark, Text(part, reference.Id?.Value)))
            .Where(found => found.Item2.Any(char.IsLetter))
            .Distinct();
    }

    private static bool IsOn(OnOffType? setting) => setting is not null && (setting.Val?.Value ?? true);

    private static string Text(MainDocumentPart part, string? id)
    {
        if (id is null || !part.TryGetPartById(id, out var found)) return "";
        OpenXmlElement? root = found switch { HeaderPart header => header.Header, FooterPart footer => footer.Footer, _ => null };
        return root is null ? "" : string.Join('\n', Lines(root).Where(line => line.Length > 0));
    }

    private static IEnumerable<string> Lines(OpenXmlElement parent) => parent.ChildElements.SelectMany(child => child switch
    {
        Paragraph paragraph => DocxWalker.TextBoxes(paragraph).SelectMany(Lines).Prepend(DocxText.Of(paragraph).Text.Trim()),
        TableRow row => [string.Join(" | ", row.Descendants<TableCell>().Select(cell => DocxText.Of(cell).Text.Replace('\n', ' ').Trim()))],
        _ => Lines(child),
    });
}
