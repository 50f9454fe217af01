namespace SmolLM3.Batch.Documents.Text;

/// <summary>Plain text: paragraphs are parted by blank lines, headings are guessed, form feeds are page breaks.</summary>
internal sealed class PlainTextReader(DocumentLimits limits) : IFormatReader
{
    public Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        var (text, warnings) = TextDecoder.Decode(content.Span, name, charset, limits);
        return Task.FromResult(Read(text, name, SourceFormat.Text, content, cancellationToken, warnings));
    }

    /// <summary>Finds the blocks and pages of <paramref name="text"/>, which becomes the document's text as it is.</summary>
    public static Document Read(
        string text, string name, SourceFormat format, ReadOnlyMemory<byte> source, CancellationToken cancellationToken,
        IReadOnlyList<string>? warnings = null)
    {
        var blocks = new List<Block>();
        var headings = new HeadingStack();
        foreach (var (start, end) in TextParagraphs.Split(text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string paragraph = text[start..end];
            if (HeadingGuess.Level(paragraph) is { } level)
            {
                string heading = HeadingGuess.Title(paragraph);
                blocks.Add(new Block(blocks.Count, BlockKind.Heading, start, end - start, level, headings.Enter(level, heading)));
            }
            else
            {
                var kind = ListMarker.IsMatch(paragraph) ? BlockKind.ListItem : BlockKind.Paragraph;
                blocks.Add(new Block(blocks.Count, kind, start, end - start, kind == BlockKind.ListItem ? 1 : 0, headings.Path));
            }
        }

        if (blocks.Count == 0) throw Faults.Empty(name);
        return new Document(name, format, text, blocks, PageStarts(text, always: format == SourceFormat.Pdf), source, warnings: warnings);
    }

    /// <summary>A form feed ends a page; a text without any has no pages.</summary>
    private static List<int> PageStarts(string text, bool always)
    {
        if (!always && !text.Contains('\f')) return [];
        var starts = new List<int> { 0 };
        for (int i = text.IndexOf('\f'); i >= 0 && i + 1 < text.Length; i = text.IndexOf('\f', i + 1)) starts.Add(i + 1);
        return starts;
    }
}
