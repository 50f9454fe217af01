namespace SmolLM3.Batch.Documents.Markdown;

/// <summary>Markdown to the text that a reader sees.</summary>
public static class MarkdownText
{
    /// <summary>The text of <paramref name="markdown"/> without its markup; the source itself where it nests too deep to parse.</summary>
    public static string ToPlain(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        try
        {
            return Markdig.Markdown.ToPlainText(markdown).TrimEnd('\n');
        }
        catch (ArgumentException)
        {
            return markdown;
        }
    }
}
