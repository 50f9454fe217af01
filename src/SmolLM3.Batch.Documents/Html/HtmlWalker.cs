using System.Text;
using AngleSharp.Dom;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>
/// Walks a page's visible content in order, without recursion, and appends a block for each paragraph, heading, item and row.
/// </summary>
internal sealed class HtmlWalker(DocumentBuilder builder, string name, DocumentLimits limits, CancellationToken cancellationToken)
{
    private readonly StringBuilder _line = new();
    private readonly Stack<(INode Node, bool Leaving)> _pending = new();
    private readonly HtmlContext _context = new();
    private int _depth;

    public void Walk(IElement body)
    {
        _pending.Push((body, false));
        while (_pending.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next.Leaving) Leave((IElement)next.Node);
            else if (next.Node is IText text) AppendText(text.Data);
            else if (next.Node is IElement element && !HtmlTags.IsHidden(element)) Enter(element);
        }

        Flush();
    }

    private void Enter(IElement element)
    {
        if (++_depth > limits.MaxDepth) throw Faults.TooDeep(name, limits);
        string tag = element.LocalName;
        if (tag == "br") _line.Append('\n');
        else if (HtmlTags.IsBlock(tag)) Flush();
        if (tag is "td" or "th" && _context.InRow) _line.Append(_line.Length == 0 || _line[^1] == ' ' ? "| " : " | ");
        _context.Enter(element);
        _pending.Push((element, true));
        for (var child = element.LastChild; child is not null; child = child.PreviousSibling) _pending.Push((child, false));
    }

    private void Leave(IElement element)
    {
        _depth--;
        if (HtmlTags.IsBlock(element.LocalName)) Flush();
        _context.Leave(element);
    }

    private void AppendText(string data)
    {
        if (_context.InPreformatted)
        {
            _line.Append(data);
            return;
        }

        foreach (char c in data)
        {
            if (c is not (' ' or '\n' or '\t' or '\r' or '\f')) _line.Append(c);
            else if (_line.Length > 0 && _line[^1] is not (' ' or '\n')) _line.Append(' ');
        }
    }

    private void Flush()
    {
        // Inside a row, cells part text; paragraphs within a cell do not.
        if (_context.InCell)
        {
            if (_line.Length > 0 && _line[^1] != ' ') _line.Append(' ');
            return;
        }

        string text = _line.ToString().Trim();
        _line.Clear();
        if (text.Length == 0) return;
        if (_context.InRow && text.StartsWith('|'))
        {
            if (text.Trim('|', ' ').Length > 0) builder.Append(BlockKind.TableRow, text + " |");
            return;
        }

        builder.Append(_context.Kind, text, _context.Level, _context.TakeMarker());
    }
}
