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
    public static byte[] Of(string body, string? numbering = null, string? styles = null, string? footnotes = null, string? endnotes = null)
    {
        using var stream = new MemoryStream();
        using (var package = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = package.AddMainDocumentPart();
            Feed(main, $"<w:document xmlns:w=\"{Namespace}\"><w:body>{body}</w:body></w:document>");
            if (numbering is not null)
                Feed(main.AddNewPart<NumberingDefinitionsPart>(), $"<w:numbering xmlns:w=\"{Namespace}\">{numbering}</w:numbering>");
            if (styles is not null) Feed(main.AddNewPart<StyleDefinitionsPart>(), $"<w:styles xmlns:w=\"{Namespace}\">{styles}</w:styles>");
            if (footnotes is not null)
                Feed(main.AddNewPart<FootnotesPart>(), $"<w:footnotes xmlns:w=\"{Namespace}\">{footnotes}</w:footnotes>");
            if (endnotes is not null) Feed(main.AddNewPart<EndnotesPart>(), $"<w:endnotes xmlns:w=\"{Namespace}\">{endnotes}</w:endnotes>");
        }

        return stream.ToArray();
    }

    /// <summary>A file with headers and footers, by relationship id: those of h… and of f….</summary>
    public static byte[] WithHeaders(string body, IReadOnlyDictionary<string, string> parts, bool evenAndOdd = false)
    {
        const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        using var stream = new MemoryStream();
        using (var package = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            var main = package.AddMainDocumentPart();
            Feed(main, $"<w:document xmlns:w=\"{Namespace}\" xmlns:r=\"{Relationships}\"><w:body>{body}</w:body></w:document>");
            foreach (var (id, xml) in parts)
            {
                if (id[0] == 'h') Feed(main.AddNewPart<HeaderPart>(id), $"<w:hdr xmlns:w=\"{Namespace}\">{xml}</w:hdr>");
                else Feed(main.AddNewPart<FooterPart>(id), $"<w:ftr xmlns:w=\"{Namespace}\">{xml}</w:ftr>");
            }

            if (evenAndOdd)
                Feed(main.AddNewPart<DocumentSettingsPart>(), $"<w:settings xmlns:w=\"{Namespace}\"><w:evenAndOddHeaders/></w:settings>");
        }

        return stream.ToArray();
    }

    /// <summary>The file with a part under another name, and the package pointing at it.</summary>
    public static byte[] Renamed(byte[] docx, string from, string to)
    {
        using var archive = new ZipArchive(new MemoryStream(docx), ZipArchiveMode.Read);
        using var stream = new MemoryStream();
        using (var written = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in archive.Entries)
            {
                using var content = new MemoryStream();
                using (var read = entry.Open()) read.CopyTo(content);
                byte[] bytes = content.ToArray();
                if (entry.FullName is "[Content_Types].xml" or "_rels/.rels")
                    bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(from, to));
                using var target = written.CreateEntry(entry.FullName.Replace(from, to)).Open();
                target.Write(bytes);
            }
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
