namespace SmolLM3.Batch.Tasks.Translate;

/// <summary>How consistently a term was translated.</summary>
/// <param name="Term">The term.</param>
/// <param name="Translation">Its one translation.</param>
/// <param name="Occurrences">Translated segments whose source has it.</param>
/// <param name="Missing">Numbers, from 1, of those whose translation does not use it.</param>
internal sealed record TermUsage(string Term, string Translation, int Occurrences, IReadOnlyList<int> Missing)
{
    public static IReadOnlyList<TermUsage> Measure(TermTable table, IReadOnlyList<Segment> segments) =>
    [
        .. table.Terms.Select(term =>
        {
            var having = Enumerable.Range(0, segments.Count)
                .Where(i => segments[i].Target is not null && DefinedTerms.IsIn(term.Key, TaggedText.Plain(segments[i].Unit.Text)))
                .ToList();
            var missing = having.Where(
                i => !DefinedTerms.IsUsed(term.Value, TaggedText.Plain(segments[i].Target!))).Select(i => i + 1).ToList();
            return new TermUsage(term.Key, term.Value, having.Count, missing);
        }),
    ];
}
