using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using SmolLM3.Batch.Documents.Text;

namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>Markdown: the document's text is the source itself, and Markdig says where its blocks are.</summary>
internal sealed class MarkdownReader(DocumentLimits limits) : IFormatReader
{
    public Task<Document> ReadAsync(ReadOnlyMemory<byte> content, string name, string? charset, CancellationToken cancellationToken)
    {
        string text = TextDecoder.Decode(content.Span, name, charset, limits);
        var parsed = MarkdownSource.Parse(text, name, limits);
        var blocks = new List<Block>();
        var headings = new HeadingStack();
        foreach (var leaf in MarkdownSource.Leaves(parsed, name, limits))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (start, end) = Trim(text, leaf.Start, leaf.End);
            if (start >= end) continue;
            var path = leaf.Kind == BlockKind.Heading ? headings.Enter(leaf.Level, HeadingText(text[start..end])) : headings.Path;
            blocks.Add(new Block(blocks.Count, leaf.Kind, start, end - start, leaf.Level, path));
        }

        if (blocks.Count == 0) throw Faults.Empty(name);
        return Task.FromResult(new Document(name, SourceFormat.Markdown, text, blocks, [], content));
    }

    private static (int Start, int End) Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return (start, end);
    }

    private static string HeadingText(string source)
    {
        string plain = MarkdownText.ToPlain(source).Trim();
        return plain.Length == 0 ? source : plain;
    }
}
