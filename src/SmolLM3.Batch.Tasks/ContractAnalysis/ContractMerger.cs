using SmolLM3.Batch.Tasks.Evidence;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>
/// Puts the findings of all parts together. Overlapping parts report the same clause twice: verified findings are the same where their
/// spans overlap, unverified ones where their words are equal.
/// </summary>
internal static class ContractMerger
{
    /// <summary>The first part's answer that the document's own words bear out; the beginning of a contract names what it is.</summary>
    public static DocumentKind DocumentType(IReadOnlyList<ContractFindings> parts, string text)
    {
        var words = WordOverlap.Stems(text);
        var named = parts.Select(part => part.DocumentType).OfType<string>().Where(type => type != "other").ToList();
        string? verified = named.FirstOrDefault(type => WordOverlap.Stems(type).IsSubsetOf(words));
        return verified is null ? new DocumentKind(named.FirstOrDefault() ?? "other", false) : new DocumentKind(verified, true);
    }

    public static IReadOnlyList<Party> Parties(IEnumerable<ContractFindings> parts) =>
    [
        .. parts.SelectMany(part => part.Parties)
            .GroupBy(party => Key(party.Name))
            .Select(group => group.OrderByDescending(party => party.Verified).ThenByDescending(party => party.Role.Length > 0).First())
            .OrderByDescending(party => party.Verified)
            .ThenBy(party => party.Source?.Start ?? int.MaxValue),
    ];

    public static IReadOnlyList<Amount> Amounts(IEnumerable<ContractFindings> parts) =>
        Distinct(parts.SelectMany(part => part.Amounts), amount => amount.Source, amount => amount.Quote);

    public static IReadOnlyList<Obligation> Obligations(IEnumerable<ContractFindings> parts) =>
        Distinct(parts.SelectMany(part => part.Obligations), obligation => obligation.Source, obligation => obligation.Quote);

    /// <summary>All 41 categories; the identifying ones come from title and parties.</summary>
    public static IReadOnlyList<ClauseReport> Clauses(
        IReadOnlyList<ContractFindings> parts, SourceSpan? title, string? titleText, IReadOnlyList<Party> parties)
    {
        var found = parts.SelectMany(part => part.Clauses).ToLookup(clause => clause.Category, clause => clause.Finding);
        return [.. ClauseCategories.All.Select(category => Report(category, category.Name switch
        {
            ClauseCategories.DocumentName => Identification(titleText, title),
            ClauseCategories.Parties => [.. parties.SelectMany(party => Identification(party.Name, party.Source))],
            _ => Distinct(found[category.Name], finding => finding.Source, finding => finding.Quote),
        }))];
    }

    private static ClauseReport Report(ClauseCategory category, IReadOnlyList<ClauseFinding> findings) =>
        new(category.Name, category.Group, findings.Any(finding => finding.Verified), findings);

    private static IReadOnlyList<ClauseFinding> Identification(string? quote, SourceSpan? source) => quote is null
        ? []
        : [new ClauseFinding(quote, source is not null, source, "Identifies the contract.", RiskLevel.Low, "Identification only.")];

    private static IReadOnlyList<T> Distinct<T>(IEnumerable<T> findings, Func<T, SourceSpan?> source, Func<T, string> quote)
    {
        var kept = new List<T>();
        int coveredTo = 0;
        var verified = findings.Where(finding => source(finding) is not null)
            .OrderBy(finding => source(finding)!.Start)
            .ThenByDescending(finding => source(finding)!.End);
        foreach (var finding in verified)
        {
            if (source(finding)!.Start < coveredTo) continue;
            kept.Add(finding);
            coveredTo = source(finding)!.End;
        }

        kept.AddRange(findings.Where(finding => source(finding) is null).DistinctBy(finding => Key(quote(finding))));
        return kept;
    }

    private static string Key(string text) => new NormalizedText(text).Text.ToUpperInvariant();
}
