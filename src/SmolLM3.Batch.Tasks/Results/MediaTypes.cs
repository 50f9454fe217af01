namespace SmolLM3.Batch.Tasks.Results;

/// <summary>Media types of result files.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Markdown = "text/markdown; charset=utf-8";
    public const string Html = "text/html; charset=utf-8";
    public const string Text = "text/plain; charset=utf-8";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
}
