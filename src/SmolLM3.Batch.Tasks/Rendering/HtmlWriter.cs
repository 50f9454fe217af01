using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace SmolLM3.Batch.Tasks.Rendering;

/// <summary>Writes HTML in which all text and attribute values are escaped: there is no way to put markup in as text.</summary>
internal sealed class HtmlWriter
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new();
    private readonly Stack<string> _open = new();

    public HtmlWriter Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(tag, attributes);
        _open.Push(tag);
        return this;
    }

    public HtmlWriter Close()
    {
        string tag = _open.Pop();
        _html.Append("</").Append(tag).Append('>');
        if (tag is not ("a" or "span" or "mark" or "em" or "strong" or "code" or "b" or "i" or "small")) _html.Append('\n');
        return this;
    }

    public HtmlWriter Text(string text)
    {
        _html.Append(Encoder.Encode(text));
        return this;
    }

    /// <summary>An element that holds text only.</summary>
    public HtmlWriter Element(string tag, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(tag, attributes).Text(text).Close();

    /// <summary>An element without content or closing tag.</summary>
    public HtmlWriter Void(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(tag, attributes);
        _html.Append('\n');
        return this;
    }

    /// <summary>Writes the page's style sheet, which is the one thing that is not escaped and comes from this assembly.</summary>
    public HtmlWriter Style(string css)
    {
        _html.Append("<style>").Append(css).Append("</style>\n");
        return this;
    }

    public HtmlWriter DocumentType()
    {
        _html.Append("<!DOCTYPE html>\n");
        return this;
    }

    public override string ToString() =>
        _open.Count == 0 ? _html.ToString() : throw new InvalidOperationException($"The element <{_open.Peek()}> was not closed.");

    private void Tag(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _html.Append('<').Append(tag);
        foreach (var (name, value) in attributes)
        {
            if (value is not null) _html.Append(' ').Append(name).Append("=\"").Append(Encoder.Encode(value)).Append('"');
        }

        _html.Append('>');
    }
}
