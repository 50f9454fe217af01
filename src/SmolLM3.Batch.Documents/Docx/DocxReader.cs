using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>
/// Word: headings, numbered and bulleted lists, tables, text boxes, notes, page headers and footers, as Markdown. Pages are where Word last
/// laid them out.
/// </summary>
internal sealed class DocxReader(DocumentLimits limits) : IFormatReader
{
    public Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        DocxGuard.Check(content, name, limits, cancellationToken);
        try
        {
            using var package = WordprocessingDocument.Open(new MemoryStream(content.ToArray(), writable: false), isEditable: false);
            if (package.MainDocumentPart?.Document?.Body is not { } body) throw Faults.Corrupt(name, "a Word document");
            var builder = new DocumentBuilder(name, SourceFormat.Docx, content, limits);
            string? title = package.PackageProperties.Title;
            if (!string.IsNullOrWhiteSpace(title)) builder.Title = title.Trim();
            new DocxWalker(builder, package.MainDocumentPart, cancellationToken).Walk(body);
            return Task.FromResult(builder.Build());
        }
        catch (Exception error) when (error is OpenXmlPackageException or XmlException or IOException or InvalidDataException
            or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Faults.Corrupt(name, "a Word document", error);
        }
    }
}
