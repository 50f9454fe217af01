using SmolLM3.Batch.Documents;
using SmolLM3.Batch.Generation;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Results;

/// <summary>What every result begins with.</summary>
internal sealed record ResultHeader(
    string SchemaVersion,
    string Task,
    DocumentFacts Document,
    ModelFacts Model,
    DateTimeOffset GeneratedAt,
    double Coverage,
    PlanSummary Plan,
    UsageFacts Usage,
    IReadOnlyList<string> Warnings)
{
    public const string Version = "1.0";

    public static ResultHeader Create(TaskContext context, int chunks, double coverage)
    {
        var document = context.Document;
        var usage = context.Usage;
        return new ResultHeader(
            Version,
            context.Type,
            new DocumentFacts(
                document.Name, document.Format.ToString().ToLowerInvariant(), document.Title, document.PageCount, document.Text.Length,
                document.Blocks.Count),
            new ModelFacts(context.Model.Info.Name, context.Model.Info.Revision),
            context.Session.Time.GetUtcNow(),
            Math.Round(coverage, 6),
            context.Planned(chunks),
            new UsageFacts(usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens),
            context.Warnings);
    }
}

/// <summary>The document a result is about.</summary>
internal sealed record DocumentFacts(string Name, string Format, string? Title, int? Pages, int Characters, int Paragraphs);

/// <summary>The model that computed a result.</summary>
internal sealed record ModelFacts(string Name, string Revision);

/// <summary>Tokens a result took.</summary>
internal sealed record UsageFacts(long PromptTokens, long CachedTokens, long CompletionTokens);
