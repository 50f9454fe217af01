using System.IO.Compression;
using System.Xml;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>
/// Looks a Word file over before the SDK builds trees of it: how much it really unpacks to (the sizes in an archive's directory can lie),
/// how deep its XML nests, and that no part declares entities.
/// </summary>
internal static class DocxGuard
{
    private const int MostEntries = 10_000;

    public static void Check(ReadOnlyMemory<byte> content, string name, DocumentLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content.ToArray(), writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > MostEntries) throw TooLarge(name, $"has {archive.Entries.Count:N0} parts");
            if (archive.GetEntry("[Content_Types].xml") is null) throw Faults.Corrupt(name, "a Word document");
            long left = limits.MaxExpandedBytes;
            foreach (var entry in archive.Entries) left = CheckEntry(entry, left, name, limits, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw Faults.Corrupt(name, "a Word document", error);
        }
    }

    private static long CheckEntry(
        ZipArchiveEntry entry, long left, string name, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var tooMuch = () => TooLarge(name, $"unpacks to more than {limits.MaxExpandedBytes:N0} bytes");
        using var stream = new CountingStream(entry.Open(), left, tooMuch, cancellationToken);
        bool named = entry.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
            || entry.Name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);
        CheckXml(stream, named, name, limits);
        stream.CopyTo(Stream.Null);
        return left - stream.Count;
    }

    /// <summary>
    /// A part is XML by what the package says of it, not by its name: all are read, and those that are none fail at once.
    /// </summary>
    private static void CheckXml(Stream stream, bool mustBeXml, string name, DocumentLimits limits)
    {
        // The declaration alone is read: what it declares is never expanded.
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null, MaxCharactersFromEntities = 1 };
        try
        {
            using var reader = XmlReader.Create(stream, settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.DocumentType) throw Entities(name);
                if (reader.Depth > limits.MaxDepth) throw Faults.TooDeep(name, limits);
            }
        }
        catch (XmlException error)
        {
            if (mustBeXml) throw Faults.Corrupt(name, "a Word document", error);
        }
    }

    private static DocumentException Entities(string name) => new(
        DocumentFault.Corrupt, $"'{name}' declares XML entities, which no Word document has and which can be made to explode. Save it again in Word and send that.");

    private static DocumentException TooLarge(string name, string what) => new(
        DocumentFault.TooLarge,
        $"'{name}' {what}. If it is a genuine document, save it again without embedded media, or raise {nameof(DocumentLimits.MaxExpandedBytes)}.");
}
