namespace SmolLM3.Batch.Documents;

/// <summary>The headings in force while a document is read from top to bottom.</summary>
internal sealed class HeadingStack
{
    private readonly List<(int Level, string Text)> _open = [];

    /// <summary>Outermost first. Blocks under the same headings share one instance.</summary>
    public IReadOnlyList<string> Path { get; private set; } = [];

    public IReadOnlyList<string> Enter(int level, string text)
    {
        _open.RemoveAll(heading => heading.Level >= level);
        _open.Add((level, text));
        return Path = [.. _open.Select(heading => heading.Text)];
    }
}
