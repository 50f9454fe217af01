namespace SmolLM3.Batch.Documents;

/// <summary>
/// A document as the tasks see it: its text, and for every character its page and its headings. Line ends are <c>\n</c>.
/// Markdown and plain text stand as they were written; HTML and Word become Markdown, so that a model sees headings, lists and tables.
/// </summary>
public sealed class Document
{
    private readonly int[] _pageStarts;

    internal Document(
        string name, SourceFormat format, string text, IReadOnlyList<Block> blocks, IReadOnlyList<int> pageStarts,
        ReadOnlyMemory<byte> source,
        string? title = null, IReadOnlyList<string>? warnings = null)
    {
        Name = name;
        Format = format;
        Text = text;
        Blocks = blocks;
        _pageStarts = [.. pageStarts];
        Source = source;
        Warnings = warnings ?? [];
        Title = title ?? blocks.FirstOrDefault(block => block.Kind == BlockKind.Heading)?.HeadingPath[^1];
    }

    /// <summary>Its file name.</summary>
    public string Name { get; }

    /// <summary>The format it was read from.</summary>
    public SourceFormat Format { get; }

    /// <summary>Its title or first heading, or null.</summary>
    public string? Title { get; }

    /// <summary>The whole text; offsets everywhere count its UTF-16 characters.</summary>
    public string Text { get; }

    /// <summary>Its paragraphs, headings, list items and table rows in order; at least one.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>Number of pages, or null where the format has none.</summary>
    public int? PageCount => _pageStarts.Length == 0 ? null : _pageStarts.Length;

    /// <summary>The bytes it was read from.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>The charset that was declared beside it, not in it.</summary>
    internal string? Charset { get; init; }

    /// <summary>What its reader should be told, such as pages without text.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Page of the character at <paramref name="offset"/>, from 1, or null where the format has no pages.</summary>
    public int? PageAt(int offset)
    {
        Check(offset);
        if (_pageStarts.Length == 0) return null;
        int low = 0;
        int high = _pageStarts.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_pageStarts[middle] <= offset) low = middle + 1;
            else high = middle;
        }

        return Math.Max(1, low);
    }

    /// <summary>Headings that the character at <paramref name="offset"/> stands under, outermost first.</summary>
    public IReadOnlyList<string> HeadingPathAt(int offset) => BlockAt(offset).HeadingPath;

    /// <summary>The block that holds <paramref name="offset"/>; for a character between two blocks, the one before it.</summary>
    public Block BlockAt(int offset)
    {
        Check(offset);
        int low = 0;
        int high = Blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Blocks[middle].Start <= offset) low = middle;
            else high = middle - 1;
        }

        return Blocks[low];
    }

    /// <summary>The text of <paramref name="block"/>.</summary>
    public ReadOnlySpan<char> TextOf(Block block) => Text.AsSpan(block.Start, block.Length);

    private void Check(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Text.Length);
    }
}
