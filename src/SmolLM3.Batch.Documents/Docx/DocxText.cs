using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>The text of a paragraph as a reader sees it, with the places where Word began a new page.</summary>
internal sealed class DocxText
{
    private readonly StringBuilder _text = new();
    private readonly List<int> _pageBreaks = [];
    private readonly List<int> _footnotes = [];
    private readonly List<int> _endnotes = [];

    public string Text => _text.ToString();

    public IReadOnlyList<int> PageBreaks => _pageBreaks;

    public IReadOnlyList<int> Footnotes => _footnotes;

    public IReadOnlyList<int> Endnotes => _endnotes;

    public static DocxText Of(OpenXmlElement element)
    {
        var text = new DocxText();
        text.Append(element);
        return text;
    }

    /// <summary>How the text refers to a footnote.</summary>
    public static string FootnoteMark(int id) => string.Create(CultureInfo.InvariantCulture, $"[^{id}]");

    /// <summary>How the text refers to an endnote; both count from the same numbers.</summary>
    public static string EndnoteMark(int id) => string.Create(CultureInfo.InvariantCulture, $"[^e{id}]");

    /// <summary>Depth is bounded by the guard.</summary>
    private void Append(OpenXmlElement element)
    {
        foreach (var child in element.ChildElements)
        {
            switch (child)
            {
                case DocumentFormat.OpenXml.Wordprocessing.Text text: _text.Append(text.Text); break;
                case DocumentFormat.OpenXml.Math.Text formula: _text.Append(formula.Text); break;
                case TabChar: _text.Append('\t'); break;
                case LastRenderedPageBreak: _pageBreaks.Add(_text.Length); break;
                case Break { Type: null or { Value: BreakValues.TextWrapping } } or CarriageReturn: _text.Append('\n'); break;
                case NoBreakHyphen: _text.Append('-'); break;
                case FootnoteReference { Id: { } id }: AppendNote(_footnotes, (int)id.Value, FootnoteMark); break;
                case EndnoteReference { Id: { } id }: AppendNote(_endnotes, (int)id.Value, EndnoteMark); break;
                case Paragraph or Table: AppendBlock(child); break;
                case DeletedRun or MoveFromRun or Drawing or Picture or AlternateContent or RunProperties or ParagraphProperties: break;
                case Run run when IsHidden(run): break;
                default: Append(child); break;
            }
        }
    }

    private static bool IsHidden(Run run) => run.RunProperties?.Vanish is { } vanish && (vanish.Val?.Value ?? true);

    private void AppendNote(List<int> notes, int id, Func<int, string> mark)
    {
        notes.Add(id);
        _text.Append(mark(id));
    }

    /// <summary>A paragraph or table within a cell or box.</summary>
    private void AppendBlock(OpenXmlElement block)
    {
        if (_text.Length > 0 && !char.IsWhiteSpace(_text[^1])) _text.Append(' ');
        Append(block);
    }
}
