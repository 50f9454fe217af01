namespace SmolLM3.Batch.Documents;

/// <summary>The format a document was read from.</summary>
public enum SourceFormat
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>HTML.</summary>
    Html,

    /// <summary>Word (Office Open XML).</summary>
    Docx,

    /// <summary>PDF.</summary>
    Pdf,
}
