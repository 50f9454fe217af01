using SmolLM3.Batch.Documents.Text;

namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>Markdown: the document's text is the source itself, and Markdig says where its blocks are.</summary>
internal sealed class MarkdownReader(DocumentLimits limits) : IFormatReader
{
    public Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        var (text, warnings) = TextDecoder.Decode(content.Span, name, charset, limits);
        var parsed = MarkdownSource.Parse(text, name, limits);
        var blocks = new List<Block>();
        var headings = new HeadingStack();
        foreach (var leaf in MarkdownSource.Leaves(parsed, name, limits))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (start, end) = leaf.Kind switch
            {
                BlockKind.TableRow => WithPipes(text, leaf.Start, leaf.End),
                BlockKind.Footnote => WithLabel(text, leaf.Start, leaf.End),
                _ => Trim(text, leaf.Start, leaf.End),
            };
            if (start >= end) continue;
            if (blocks.Count > 0 && start < blocks[^1].End)
            {
                // Markdig's spans of half-formed tables and notes can overlap: what overlaps is one block.
                blocks[^1] = blocks[^1] with { Length = Math.Max(end, blocks[^1].End) - blocks[^1].Start };
                continue;
            }

            var path = headings.Path;
            if (leaf.Kind == BlockKind.Heading)
            {
                string heading = MarkdownText.ToPlain(text[start..end]).Trim();

                // A heading without words is markup.
                if (heading.Length == 0) continue;
                path = headings.Enter(leaf.Level, heading);
            }

            blocks.Add(new Block(blocks.Count, leaf.Kind, start, end - start, leaf.Level, path));
        }

        if (blocks.Count == 0) throw Faults.Empty(name);
        return Task.FromResult(new Document(name, SourceFormat.Markdown, text, blocks, [], content, warnings: warnings));
    }

    private static (int Start, int End) Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return (start, end);
    }

    /// <summary>A row's span leaves out the pipes at its ends.</summary>
    private static (int Start, int End) WithPipes(string text, int start, int end)
    {
        while (start > 0 && text[start - 1] is '|' or ' ') start--;
        while (end < text.Length && text[end] is '|' or ' ') end++;
        return Trim(text, start, end);
    }

    private static (int Start, int End) WithLabel(string text, int start, int end)
    {
        int line = start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1;
        return Trim(text, text.AsSpan(line).TrimStart().StartsWith("[^") ? line : start, end);
    }
}
