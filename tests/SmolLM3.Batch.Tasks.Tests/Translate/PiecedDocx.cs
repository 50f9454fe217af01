using System.Text.RegularExpressions;
using System.Net;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Tasks.Tests.Translate;

/// <summary>Writes Word files of headings, numbered items, table rows and paragraphs, whose text is given as simple HTML.</summary>
internal static partial class PiecedDocx
{
    public static byte[] Of(IEnumerable<(string Kind, int Level, string Html)> pieces)
    {
        using var stream = new MemoryStream();
        using (var package = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = package.AddMainDocumentPart();
            var numbering = main.AddNewPart<NumberingDefinitionsPart>();
            numbering.Numbering = new Numbering(
                new AbstractNum(new Level(
                    new StartNumberingValue { Val = 1 }, new NumberingFormat { Val = NumberFormatValues.Decimal },
                    new LevelText { Val = "%1." }) { LevelIndex = 0 }) { AbstractNumberId = 0 },
                new NumberingInstance(new AbstractNumId { Val = 0 }) { NumberID = 1 });
            main.Document = new Document(new Body(pieces.Select(piece => Block(piece.Kind, piece.Level, piece.Html))));
        }

        return stream.ToArray();
    }

    private static OpenXmlElement Block(string kind, int level, string html) => kind switch
    {
        "h" => new Paragraph([new ParagraphProperties(new ParagraphStyleId { Val = $"Heading{level}" }), .. Runs(html)]),
        "li" => new Paragraph([new ParagraphProperties(
            new NumberingProperties(new NumberingLevelReference { Val = 0 }, new NumberingId { Val = 1 })), .. Runs(html)]),
        "row" => new Table(new TableRow(new TableCell(new Paragraph(Runs(html))), new TableCell(new Paragraph(Runs("two 2"))))),
        _ => new Paragraph(Runs(html)),
    };

    private static IEnumerable<OpenXmlElement> Runs(string html)
    {
        bool bold = false;
        bool italic = false;
        foreach (Match match in Part().Matches(html))
        {
            if (match.Value is "<b>" or "</b>") bold = match.Value == "<b>";
            else if (match.Value is "<i>" or "</i>") italic = match.Value == "<i>";
            else if (match.Value[0] != '<') yield return Run(WebUtility.HtmlDecode(match.Value), bold, italic);
        }
    }

    private static Run Run(string text, bool bold, bool italic)
    {
        var look = new RunProperties();
        if (bold) look.AppendChild(new Bold());
        if (italic) look.AppendChild(new Italic());
        return new Run(look, new Text(text) { Space = SpaceProcessingModeValues.Preserve });
    }

    [GeneratedRegex("<[^>]*>|[^<]+")]
    private static partial Regex Part();
}
