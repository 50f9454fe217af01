using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Documents.Markdown;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>
/// Markdown that a model wrote, as part of a page: headings, lists, tables, emphasis and code. Everything goes through the writer as text;
/// links and pictures lose their addresses, and raw HTML shows as it is.
/// </summary>
internal static class MarkdownView
{
    public static void Write(HtmlWriter html, string markdown)
    {
        MarkdownDocument parsed;
        try
        {
            parsed = MarkdownSource.Parse(markdown, "answer", new DocumentLimits());
        }
        catch (DocumentException)
        {
            // What is too odd to parse is still a text.
            html.Element("div", markdown, ("class", "answer"));
            return;
        }

        html.Open("div", ("class", "prose"));
        foreach (var block in parsed) WriteBlock(html, block);
        html.Close();
    }

    private static void WriteBlock(HtmlWriter html, Markdig.Syntax.Block block)
    {
        switch (block)
        {
            case LinkReferenceDefinitionGroup: break;
            case HeadingBlock heading: WriteLeaf(html, heading, heading.Level <= 2 ? "h2" : "h3"); break;
            case CodeBlock code: html.Element("pre", code.Lines.ToString()); break;
            case ListBlock list: WriteContainer(html, list, list.IsOrdered ? "ol" : "ul", list.IsOrdered ? list.OrderedStart : null); break;
            case ListItemBlock item: WriteContainer(html, item, "li"); break;
            case QuoteBlock quote: WriteContainer(html, quote, "blockquote"); break;
            case Table table: WriteContainer(html, table, "table"); break;
            case TableRow row: WriteContainer(html, row, "tr"); break;
            case TableCell cell: WriteContainer(html, cell, cell.Parent is TableRow { IsHeader: true } ? "th" : "td"); break;
            case ContainerBlock container: WriteChildren(html, container); break;
            case LeafBlock leaf: WriteLeaf(html, leaf, leaf.Parent is TableCell ? null : "p"); break;
        }
    }

    private static void WriteContainer(HtmlWriter html, ContainerBlock block, string tag, string? start = null)
    {
        html.Open(tag, ("start", start is null or "1" ? null : start));
        WriteChildren(html, block);
        html.Close();
    }

    private static void WriteChildren(HtmlWriter html, ContainerBlock block)
    {
        foreach (var child in block) WriteBlock(html, child);
    }

    private static void WriteLeaf(HtmlWriter html, LeafBlock leaf, string? tag)
    {
        if (tag is not null) html.Open(tag);
        if (leaf.Inline is { } inlines) WriteInlines(html, inlines);
        else html.Text(leaf.Lines.ToString());
        if (tag is not null) html.Close();
    }

    private static void WriteInlines(HtmlWriter html, ContainerInline parent)
    {
        foreach (var inline in parent)
        {
            switch (inline)
            {
                case LiteralInline literal: html.Text(literal.Content.ToString()); break;
                case CodeInline code: html.Element("code", code.Content); break;
                case HtmlEntityInline entity: html.Text(entity.Transcoded.ToString()); break;
                case HtmlInline raw: html.Text(raw.Tag); break;
                case AutolinkInline address: html.Text(address.Url); break;
                case LineBreakInline: html.Text("\n"); break;
                case EmphasisInline emphasis:
                    html.Open(emphasis.DelimiterCount > 1 ? "strong" : "em");
                    WriteInlines(html, emphasis);
                    html.Close();
                    break;
                case ContainerInline container: WriteInlines(html, container); break;
            }
        }
    }
}
