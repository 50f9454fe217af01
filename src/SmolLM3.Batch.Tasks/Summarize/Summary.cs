namespace SmolLM3.Batch.Tasks.Summarize;

/// <summary>A summary as the model composed it, before its citations are checked.</summary>
internal sealed record Summary(string Headline, string Overview, IReadOnlyList<SummaryPoint> Points);
