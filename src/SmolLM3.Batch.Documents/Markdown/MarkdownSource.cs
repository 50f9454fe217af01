using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>Parses Markdown with the extensions that documents use, and walks its blocks without recursion.</summary>
internal static class MarkdownSource
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePreciseSourceLocation()
        .UsePipeTables()
        .UseFootnotes()
        .UseYamlFrontMatter()
        .Build();

    public static MarkdownDocument Parse(string text, string name, DocumentLimits limits)
    {
        MarkdownGuard.Check(text, name, limits);
        try
        {
            return Markdig.Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig counts nesting itself and stops before the stack does.
            throw Faults.TooDeep(name, limits);
        }
    }

    /// <summary>The blocks that hold text, in source order, each with its span.</summary>
    public static IEnumerable<MarkdownLeaf> Leaves(MarkdownDocument document, string name, DocumentLimits limits)
    {
        var found = new List<MarkdownLeaf>();
        var pending = new Stack<(Markdig.Syntax.Block Block, int Depth)>();
        pending.Push((document, 0));
        while (pending.TryPop(out var next))
        {
            if (next.Depth > limits.MaxDepth) throw Faults.TooDeep(name, limits);
            if (Leaf(next.Block) is { } leaf) found.Add(leaf);
            else if (next.Block is ContainerBlock container)
            {
                for (int i = container.Count - 1; i >= 0; i--) pending.Push((container[i], next.Depth + 1));
            }
        }

        // Footnotes are gathered at the end of Markdig's tree, wherever they stand in the source.
        return found.OrderBy(leaf => leaf.Start);
    }

    private static MarkdownLeaf? Leaf(Markdig.Syntax.Block block) => block switch
    {
        YamlFrontMatterBlock or LinkReferenceDefinitionGroup or LinkReferenceDefinition or ThematicBreakBlock or HtmlBlock { Type: HtmlBlockType.Comment } => null,
        HeadingBlock heading => new MarkdownLeaf(BlockKind.Heading, heading.Span.Start, heading.Span.End + 1, heading.Level),
        TableRow row => new MarkdownLeaf(BlockKind.TableRow, row.Span.Start, row.Span.End + 1, 0),
        CodeBlock code => new MarkdownLeaf(BlockKind.Code, code.Span.Start, code.Span.End + 1, 0),
        LeafBlock leaf => ParagraphOf(leaf),
        _ => null,
    };

    private static MarkdownLeaf ParagraphOf(LeafBlock leaf)
    {
        int end = leaf.Span.End + 1;
        return leaf.Parent switch
        {
            ListItemBlock item when item.Count > 0 && ReferenceEquals(item[0], leaf) =>
                new MarkdownLeaf(BlockKind.ListItem, item.Span.Start, end, ListDepth(item)),
            Footnote footnote when ReferenceEquals(footnote[0], leaf) => new MarkdownLeaf(BlockKind.Footnote, footnote.Span.Start, end, 0),
            QuoteBlock => new MarkdownLeaf(BlockKind.Quote, leaf.Span.Start, end, 0),
            _ => new MarkdownLeaf(BlockKind.Paragraph, leaf.Span.Start, end, 0),
        };
    }

    private static int ListDepth(ListItemBlock item)
    {
        int depth = 0;
        for (ContainerBlock? parent = item; parent is not null; parent = parent.Parent)
        {
            if (parent is ListBlock) depth++;
        }

        return depth;
    }
}
