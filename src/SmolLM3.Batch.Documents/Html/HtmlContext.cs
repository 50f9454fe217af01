using AngleSharp.Dom;

namespace SmolLM3.Batch.Documents.Html;

/// <summary>The elements around the place where the walk stands, as far as they shape a block.</summary>
internal sealed class HtmlContext
{
    private readonly Stack<OpenList> _lists = new();
    private int _preformatted;
    private int _quotes;
    private int _rows;
    private int _cells;
    private int _heading;
    private string? _marker;

    public bool InPreformatted => _preformatted > 0;

    public bool InRow => _rows > 0;

    public bool InCell => _cells > 0;

    public BlockKind Kind =>
        _heading > 0 ? BlockKind.Heading
        : InPreformatted ? BlockKind.Code
        : _marker is not null ? BlockKind.ListItem
        : _quotes > 0 ? BlockKind.Quote
        : BlockKind.Paragraph;

    public int Level => _heading > 0 ? _heading : _marker is not null ? Math.Max(1, _lists.Count) : 0;

    /// <summary>Markdown for the block about to be appended. An item's marker goes to its first block only.</summary>
    public string TakeMarker()
    {
        if (_heading > 0) return new string('#', _heading) + " ";
        string marker = _marker ?? (_quotes > 0 && !InPreformatted ? "> " : "");
        _marker = null;
        return marker;
    }

    public void Enter(IElement element)
    {
        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6": _heading = element.LocalName[1] - '0'; break;
            case "pre": _preformatted++; break;
            case "blockquote": _quotes++; break;
            case "tr": _rows++; break;
            case "td" or "th": _cells++; break;
            case "ul": _lists.Push(new OpenList(false, 0)); break;
            case "ol": _lists.Push(new OpenList(true, int.TryParse(element.GetAttribute("start"), out int start) ? start : 1)); break;
            case "li": EnterItem(); break;
        }
    }

    public void Leave(IElement element)
    {
        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6": _heading = 0; break;
            case "pre": _preformatted--; break;
            case "blockquote": _quotes--; break;
            case "tr": _rows--; break;
            case "td" or "th": _cells--; break;
            case "ul" or "ol": _lists.Pop(); break;
            case "li": _marker = null; break;
        }
    }

    private void EnterItem()
    {
        string indent = new(' ', 2 * Math.Max(0, _lists.Count - 1));
        _marker = indent + "- ";
        if (!_lists.TryPop(out var list)) return;
        if (list.Ordered) _marker = $"{indent}{list.Next}. ";
        _lists.Push(list with { Next = list.Next + 1 });
    }

    private readonly record struct OpenList(bool Ordered, int Next);
}
