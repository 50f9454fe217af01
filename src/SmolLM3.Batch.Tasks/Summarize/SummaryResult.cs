using System.Text.Json.Serialization;
using SmolLM3.Batch.Tasks.Results;
using SmolLM3.Batch.Tasks.Running;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>The finished summary, as published.</summary>
internal sealed record SummaryResult(
    [property: JsonIgnore] ResultHeader Header,
    string Style,
    string? Focus,
    string Headline,
    string? Overview,
    IReadOnlyList<SummarySection> Sections)
{
    public static SummaryResult Create(TaskContext context, SummarizeOptions options, Summary summary, int chunks, double coverage)
    {
        var resolver = new CitationResolver(context.Document, context.Quotes);
        var points = summary.Points.Select(resolver.Resolve).ToList();
        if (points.Count == 0) context.Warn("The model gave no usable summary.");
        string headline = summary.Headline.Length > 0 ? summary.Headline : context.Document.Title ?? context.Document.Name;
        var sections = options.Style == "sections" ? BySection(points) : [new SummarySection(null, null, points)];
        return new SummaryResult(
            ResultHeader.Create(context, chunks, coverage), options.Style, options.Focus, headline, summary.Overview.Length > 0
                ? summary.Overview
                : null, sections);
    }

    /// <summary>Points under the document's own headings, two levels deep, in the document's order.</summary>
    private static IReadOnlyList<SummarySection> BySection(IReadOnlyList<CitedPoint> points) =>
    [
        .. points
            .OrderBy(point => point.Citations.Count > 0 ? point.Citations[0].Start : int.MaxValue)
            .GroupBy(point => point.Citations.Count > 0 ? string.Join(" › ", point.Citations[0].Section.Take(2)) : "")
            .Select(group => new SummarySection(
                group.Key.Length > 0 ? group.Key : null, group.First().Citations.Select(c => c.Page).FirstOrDefault(), [.. group])),
    ];
}
