using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Tests.Support;

/// <summary>Writes Word files.</summary>
internal static class DocxFile
{
    public const string Namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    /// <summary>A file whose body is the given XML; <c>w:</c> is bound.</summary>
    public static byte[] Of(string body, string? numbering = null, string? styles = null, string? footnotes = null)
    {
        using var stream = new MemoryStream();
        using (var package = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = package.AddMainDocumentPart();
            Feed(main, $"<w:document xmlns:w=\"{Namespace}\"><w:body>{body}</w:body></w:document>");
            if (numbering is not null) Feed(main.AddNewPart<NumberingDefinitionsPart>(), $"<w:numbering xmlns:w=\"{Namespace}\">{numbering}</w:numbering>");
            if (styles is not null) Feed(main.AddNewPart<StyleDefinitionsPart>(), $"<w:styles xmlns:w=\"{Namespace}\">{styles}</w:styles>");
            if (footnotes is not null) Feed(main.AddNewPart<FootnotesPart>(), $"<w:footnotes xmlns:w=\"{Namespace}\">{footnotes}</w:footnotes>");
        }

        return stream.ToArray();
    }

    public static string Paragraph(string text, string? style = null, int? list = null, int level = 0)
    {
        string properties = (style is null ? "" : $"<w:pStyle w:val=\"{style}\"/>")
            + (list is null ? "" : $"<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");
        return $"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>";
    }

    /// <summary>The file with one part replaced.</summary>
    public static byte[] WithPart(byte[] docx, string part, Action<Stream> write)
    {
        using var stream = new MemoryStream();
        stream.Write(docx);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(part)?.Delete();
            using var entry = archive.CreateEntry(part, CompressionLevel.Fastest).Open();
            write(entry);
        }

        return stream.ToArray();
    }

    private static void Feed(OpenXmlPart part, string xml)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        part.FeedData(content);
    }
}
