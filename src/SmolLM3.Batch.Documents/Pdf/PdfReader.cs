using System.Text;
using SmolLM3.Batch.Documents.Text;

namespace SmolLM3.Batch.Documents.Pdf;

/// <summary>PDF, by poppler's pdftotext in a process of its own.</summary>
internal sealed class PdfReader(DocumentLimits limits) : IFormatReader
{
    public async Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        var output = await new PdfToText(limits).RunAsync(content, name, cancellationToken).ConfigureAwait(false);
        string text = TextDecoder.Normalize(Encoding.UTF8.GetString(output)).TrimEnd('\f', '\n', ' ');
        int pages = output.AsSpan().Count((byte)'\f');
        if (string.IsNullOrWhiteSpace(text.Replace('\f', ' '))) throw ImageOnly(name, pages);
        if (text.Length > limits.MaxCharacters) throw Faults.TooManyCharacters(name, limits);
        return PlainTextReader.Read(text, name, SourceFormat.Pdf, content, cancellationToken, Warnings(output, pages));
    }

    /// <summary>A scan bound into a document with text would go unread without a word.</summary>
    private static List<string> Warnings(byte[] output, int pages)
    {
        var blank = new List<int>();
        int page = 1;
        bool hasText = false;
        foreach (byte b in output)
        {
            if (b == '\f')
            {
                if (!hasText) blank.Add(page);
                page++;
                hasText = false;
            }
            else if (b > ' ') hasText = true;
        }

        if (blank.Count == 0) return [];
        string list = string.Join(", ", blank.Take(10)) + (blank.Count > 10 ? ", …" : "");
        return [$"{blank.Count:N0} of {pages:N0} pages have no text (page {list}): they are blank or scanned and were not read."];
    }

    private static DocumentException ImageOnly(string name, int pages) => new(
        DocumentFault.ImageOnly,
        $"'{name}' has {(pages == 1 ? "1 page" : $"{pages:N0} pages")} but no text: it is blank or scanned. "
        + "Run OCR on it (for example ocrmypdf) and send it again.");
}
