namespace SmolLM3.Batch.Jobs;

/// <summary>Names of the built-in tasks, as they stand in requests, in upload folders and in result names.</summary>
public static class TaskTypes
{
    /// <summary>Parties, dates, obligations and clauses with verified quotes.</summary>
    public const string ContractAnalysis = "contract-analysis";

    /// <summary>A summary whose points cite their section and page.</summary>
    public const string Summarize = "summarize";

    /// <summary>A translation that keeps the document's structure.</summary>
    public const string Translate = "translate";

    /// <summary>The user's own instructions.</summary>
    public const string Prompt = "prompt";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [ContractAnalysis, Summarize, Translate, Prompt];
}
