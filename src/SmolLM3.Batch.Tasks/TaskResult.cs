using SmolLM3.Batch.Generation;

namespace SmolLM3.Batch.Tasks;

/// <summary>What became of one task.</summary>
public sealed record TaskResult
{
    /// <summary>The task's type.</summary>
    public required string Type { get; init; }

    /// <summary>Why it failed, or null where it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it succeeded.</summary>
    public bool Succeeded => Error is null;

    /// <summary>The files it wrote: JSON, Markdown and HTML, and for a translation the document itself. Empty where it failed.</summary>
    public IReadOnlyList<ResultFile> Files { get; init; } = [];

    /// <summary>Tokens read and written, also by a task that failed.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>Share of the document's characters that the model was shown, 0 to 1.</summary>
    public double Coverage { get; init; }

    /// <summary>What a reader of the result should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
