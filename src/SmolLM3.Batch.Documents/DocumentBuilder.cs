using System.Text;

namespace SmolLM3.Batch.Documents;

/// <summary>Puts a document together block by block.</summary>
internal sealed class DocumentBuilder(string name, SourceFormat format, ReadOnlyMemory<byte> source, DocumentLimits limits)
{
    private readonly StringBuilder _text = new();
    private readonly List<Block> _blocks = [];
    private readonly List<int> _pageStarts = [];
    private HeadingStack _headings = new();

    /// <summary>The document's own title, where the format has one.</summary>
    public string? Title { get; set; }

    /// <summary>The charset that was declared beside the document.</summary>
    public string? Charset { get; set; }

    /// <summary>What the document's reader should be told.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Whether anything was appended.</summary>
    public bool IsEmpty => _blocks.Count == 0;

    /// <summary>What follows stands on a new page.</summary>
    public void BeginPage() => _pageStarts.Add(_text.Length);

    /// <summary>What follows stands under no heading.</summary>
    public void LeaveHeadings() => _headings = new HeadingStack();

    /// <summary>Appends a block with a blank line before it, or a mere line end between items of a list and rows of a table.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="text">Its text without any marker; blank blocks are dropped.</param>
    /// <param name="level">Of a heading or list item.</param>
    /// <param name="marker">Markdown in front of the text, such as <c>"## "</c>.</param>
    /// <param name="pageBreaks">Offsets within the text at which a page begins, in order.</param>
    public void Append(BlockKind kind, string text, int level = 0, string marker = "", IReadOnlyList<int>? pageBreaks = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            foreach (int _ in pageBreaks ?? []) BeginPage();
            return;
        }

        if (_blocks.Count > 0) Separate(kind);
        int start = _text.Length;
        foreach (int offset in pageBreaks ?? []) _pageStarts.Add(offset == 0 ? start : start + marker.Length + offset);
        _text.Append(marker).Append(text);
        if (_text.Length > limits.MaxCharacters) throw Faults.TooManyCharacters(name, limits);
        var path = kind == BlockKind.Heading ? _headings.Enter(level, text) : _headings.Path;
        _blocks.Add(new Block(_blocks.Count, kind, start, _text.Length - start, level, path));
    }

    public Document Build() => IsEmpty
        ? throw Faults.Empty(name)
        : new Document(name, format, _text.ToString(), _blocks, _pageStarts, source, Title, Warnings) { Charset = Charset };

    private void Separate(BlockKind kind)
    {
        bool tight = kind is BlockKind.ListItem or BlockKind.TableRow && _blocks[^1].Kind == kind;
        string separator = tight ? "\n" : "\n\n";
        int before = _text.Length;
        _text.Append(separator);

        // A page that begins between two blocks begins with the second.
        for (int i = _pageStarts.Count - 1; i >= 0 && _pageStarts[i] == before && before > 0; i--) _pageStarts[i] = _text.Length;
    }
}
