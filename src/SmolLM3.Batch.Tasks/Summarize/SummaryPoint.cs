using SmolLM3.Batch.Tasks.Evidence;

namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>A point on its way through the reduction.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Paragraphs">Paragraphs it rests on, from 1, as the model cited them.</param>
internal sealed record SummaryPoint(string Text, IReadOnlyList<int> Paragraphs);

/// <summary>A point of the finished summary.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Verified">Whether its words and numbers stand in the cited paragraphs.</param>
/// <param name="Citations">Where it comes from.</param>
internal sealed record CitedPoint(string Text, bool Verified, IReadOnlyList<SourceSpan> Citations);

/// <summary>Points under one heading; the title is null where the style has no headings.</summary>
internal sealed record SummarySection(string? Title, int? Page, IReadOnlyList<CitedPoint> Points);
