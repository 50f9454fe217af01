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

    private static long CheckEntry(ZipArchiveEntry entry, long left, string name, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var tooMuch = () => TooLarge(name, $"unpacks to more than {limits.MaxExpandedBytes:N0} bytes");
        using var stream = new CountingStream(entry.Open(), left, tooMuch, cancellationToken);
        if (entry.Name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || entry.Name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase))
        {
            CheckXml(stream, name, limits);
        }

        stream.CopyTo(Stream.Null);
        return left - stream.Count;
    }

    private static void CheckXml(Stream stream, string name, DocumentLimits limits)
    {
        try
        {
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.Depth > limits.MaxDepth) throw Faults.TooDeep(name, limits);
            }
        }
        catch (XmlException error)
        {
            throw Faults.Corrupt(name, "a Word document", error);
        }
    }

    private static DocumentException TooLarge(string name, string what) => new(
        DocumentFault.TooLarge,
        $"'{name}' {what}. If it is a genuine document, save it again without embedded media, or raise {nameof(DocumentLimits.MaxExpandedBytes)}.");
}
