using System.Net.Mime;

namespace SmolLM3.Batch.Documents;

/// <summary>Tells a document's format by its first bytes, its media type and its name, in this order.</summary>
internal static class FormatDetector
{
    public static (SourceFormat Format, string? Charset) Detect(ReadOnlySpan<byte> bytes, string name, string? contentType)
    {
        if (ContainsPdfHeader(bytes)) return (SourceFormat.Pdf, null);
        if (bytes.StartsWith("PK\x3\x4"u8) || bytes.StartsWith("PK\x5\x6"u8)) return (SourceFormat.Docx, null);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])) throw OldOfficeFile(name, bytes);

        if (bytes.StartsWith("{\\rtf"u8))
        {
            throw new DocumentException(DocumentFault.Unsupported, $"'{name}' is Rich Text (.rtf). Save it as .docx or PDF.");
        }

        string? charset = null;
        if (contentType is not null && TryParse(contentType, out var type))
        {
            charset = type.CharSet;
            if (ByMediaType(type.MediaType) is { } byType) return (Require(byType, name), charset);
        }

        string extension = Path.GetExtension(name).ToLowerInvariant();
        return extension switch
        {
            ".md" or ".markdown" or ".mdown" or ".mkd" => (SourceFormat.Markdown, charset),
            ".html" or ".htm" or ".xhtml" => (SourceFormat.Html, charset),
            ".txt" or ".text" or ".log" or ".csv" or ".tsv" or ".rst" or ".org" or ".adoc" or "" => (SourceFormat.Text, charset),
            ".pdf" => (Require(SourceFormat.Pdf, name), charset),
            ".docx" or ".docm" => (Require(SourceFormat.Docx, name), charset),
            _ => throw new DocumentException(
                DocumentFault.Unsupported,
                $"'{name}' has the unknown extension '{extension}'. Supported are .pdf, .docx, .html, .md and .txt; or send its media type."),
        };
    }

    private static SourceFormat Require(SourceFormat format, string name) => format switch
    {
        SourceFormat.Pdf => throw Faults.Corrupt(name, "PDF"),
        SourceFormat.Docx => throw Faults.Corrupt(name, "a Word document"),
        _ => format,
    };

    private static SourceFormat? ByMediaType(string type) => type.ToLowerInvariant() switch
    {
        "text/markdown" or "text/x-markdown" => SourceFormat.Markdown,
        "text/html" or "application/xhtml+xml" => SourceFormat.Html,
        "application/pdf" => SourceFormat.Pdf,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => SourceFormat.Docx,
        _ => null,
    };

    private static bool TryParse(string contentType, out ContentType type)
    {
        try
        {
            type = new ContentType(contentType);
            return true;
        }
        catch (FormatException)
        {
            type = new ContentType();
            return false;
        }
    }

    private static bool ContainsPdfHeader(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, 1024)].IndexOf("%PDF-"u8) >= 0;

    private static DocumentException OldOfficeFile(string name, ReadOnlySpan<byte> bytes)
    {
        // A password-protected .docx is a compound file that holds the stream "EncryptedPackage".
        bool encrypted = bytes.IndexOf("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"u8) >= 0;
        return encrypted
            ? new DocumentException(
                DocumentFault.Encrypted, $"'{name}' is protected by a password. Remove the protection and send it again.")
            : new DocumentException(
                DocumentFault.Unsupported, $"'{name}' is an old Office file (.doc, .xls, .ppt). Save it as .docx or PDF.");
    }
}
