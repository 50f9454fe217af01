using System.Text;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Documents.Markdown;
using SmolLM3.Batch.Tasks.Rendering;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>Markdown: only the text between the marks is replaced, so headings, lists, tables, code and links stay as they are.</summary>
internal sealed class MarkdownTranslatable : ITranslatable
{
    private const int DeepestInline = 32;

    private readonly string _text;
    private readonly List<Place> _places = [];
    private readonly List<Unit> _units = [];

    public MarkdownTranslatable(Document document)
    {
        _text = document.Text;
        var limits = new DocumentLimits();
        foreach (var leaf in TextLeaves(MarkdownSource.Parse(_text, document.Name, limits))) Add(leaf);
    }

    public IReadOnlyList<Unit> Units => _units;

    public ResultFile Write(IReadOnlyList<string?> targets, string language)
    {
        var text = new StringBuilder(_text.Length);
        int position = 0;
        for (int i = 0; i < _places.Count; i++)
        {
            var place = _places[i];
            text.Append(_text, position, place.Start - position);
            text.Append(targets[i] is { } target ? Restore(target, place) : _text[place.Start..place.End]);
            position = place.End;
        }

        text.Append(_text, position, _text.Length - position);
        return new ResultFile("translate.md", MediaTypes.Markdown, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static IEnumerable<LeafBlock> TextLeaves(MarkdownDocument document)
    {
        var leaves = new List<LeafBlock>();
        var pending = new Stack<Markdig.Syntax.Block>();
        pending.Push(document);
        while (pending.TryPop(out var block))
        {
            if (block is HeadingBlock or ParagraphBlock) leaves.Add((LeafBlock)block);
            if (block is not ContainerBlock container) continue;
            foreach (var child in container) pending.Push(child);
        }

        return leaves.OrderBy(leaf => leaf.Span.Start);
    }

    private void Add(LeafBlock leaf)
    {
        if (leaf.Inline?.FirstChild is not { } first || leaf.Inline.LastOrDefault(inline => !IsGenerated(inline)) is not { } last) return;
        int start = first.Span.Start;
        int end = last.Span.End + 1;
        int previousEnd = _places.Count > 0 ? _places[^1].End : 0;

        // Spans that Markdig cannot place (inside generated inlines) would garble the text: such a leaf stays as it is.
        if (start < previousEnd || end <= start || end > _text.Length) return;
        while (start < end && char.IsWhiteSpace(_text[start])) start++;
        while (end > start && char.IsWhiteSpace(_text[end - 1])) end--;
        var slices = new List<Slice>();
        var tagged = new StringBuilder();
        if (start == end || !Tag(leaf.Inline, tagged, slices, 0)) return;
        bool inTable = leaf.Parent is TableCell;
        // Behind a heading's marks or a cell's border nothing opens a block: "## 1. Term" needs no escape.
        bool atLineStart = !inTable && leaf is not HeadingBlock { IsSetext: false };
        _places.Add(new Place(start, end, slices, atLineStart, inTable));
        _units.Add(new Unit(Kind(leaf), tagged.ToString().Trim(), [.. slices.Select(slice => slice.Open.Trim('`', '\\', '\n'))]));
    }

    /// <summary>Markdig appends to a note the arrow that leads back.</summary>
    private static bool IsGenerated(Inline inline) => inline is FootnoteLink { IsBackLink: true };

    private static BlockKind Kind(LeafBlock leaf) => leaf switch
    {
        HeadingBlock => BlockKind.Heading,
        { Parent: ListItemBlock } => BlockKind.ListItem,
        { Parent: TableCell } => BlockKind.TableRow,
        { Parent: QuoteBlock } => BlockKind.Quote,
        _ => BlockKind.Paragraph,
    };

    /// <summary>Writes a container's inlines as tagged text and keeps the source of every tag. False where it nests too deep.</summary>
    private bool Tag(ContainerInline container, StringBuilder tagged, List<Slice> slices, int depth)
    {
        if (depth > DeepestInline) return false;
        foreach (var inline in container)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    tagged.Append(TaggedText.Literal(literal.Content.ToString()));
                    break;
                case HtmlEntityInline entity:
                    tagged.Append(TaggedText.Literal(entity.Transcoded.ToString()));
                    break;
                case LineBreakInline { IsHard: false }:
                    tagged.Append(' ');
                    break;
                case EmphasisInline or LinkInline { IsImage: false } when inline is ContainerInline { FirstChild: not null } pair:
                    int number = slices.Count + 1;
                    slices.Add(new Slice(
                        _text[pair.Span.Start..pair.FirstChild!.Span.Start], _text[(pair.LastChild!.Span.End + 1)..(pair.Span.End + 1)]));
                    tagged.Append(TaggedText.Open(number, pair is LinkInline));
                    if (!Tag(pair, tagged, slices, depth + 1)) return false;
                    tagged.Append(TaggedText.Close(number, pair is LinkInline));
                    break;
                case DelimiterInline delimiter:
                    tagged.Append(TaggedText.Literal(delimiter.ToLiteral()));
                    if (!Tag(delimiter, tagged, slices, depth + 1)) return false;
                    break;
                case { Span.Length: > 0 } when !IsGenerated(inline):
                    slices.Add(new Slice(_text[inline.Span.Start..(inline.Span.End + 1)], ""));
                    tagged.Append(TaggedText.Atom(slices.Count));
                    break;
            }
        }

        return true;
    }

    private static string Restore(string target, Place place)
    {
        var text = new StringBuilder();
        foreach (var part in TaggedText.Parts(target))
        {
            text.Append(part.Kind switch
            {
                TagKind.Text => MarkdownEscape.Text(part.Text, place.AtLineStart && text.Length == 0, place.InTable),
                TagKind.Close => place.Slices[part.Number - 1].Close,
                _ => place.Slices[part.Number - 1].Open,
            });
        }

        return text.ToString();
    }

    private sealed record Place(int Start, int End, List<Slice> Slices, bool AtLineStart, bool InTable);

    private readonly record struct Slice(string Open, string Close);
}
