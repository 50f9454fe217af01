namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Words of the report.</summary>
internal static class ContractLabels
{
    public static string Group(ClauseGroup group) => group switch
    {
        ClauseGroup.Identification => "Identification",
        ClauseGroup.Term => "Term and law",
        ClauseGroup.Exit => "Exit and transfer",
        ClauseGroup.Competition => "Competition and exclusivity",
        ClauseGroup.Commercial => "Commercial terms",
        ClauseGroup.IntellectualProperty => "Intellectual property",
        ClauseGroup.Liability => "Liability and claims",
        _ => group.ToString(),
    };

    public static string Type(ContractResult result) => result.DocumentType.Verified ? result.DocumentType.Name : "not determined";

    public static string Verdict(PlaybookVerdict verdict) => verdict switch
    {
        PlaybookVerdict.Meets => "meets position",
        PlaybookVerdict.Fallback => "fallback only",
        PlaybookVerdict.Deviates => "deviates",
        PlaybookVerdict.Missing => "clause missing",
        _ => verdict.ToString(),
    };

    public static string Risk(RiskLevel risk) => risk.ToString().ToLowerInvariant();

    /// <summary>The terms with their labels, those that were found.</summary>
    public static IEnumerable<(string Label, Term Term)> Terms(ContractTerms terms)
    {
        (string Label, Term? Term)[] all =
        [
            ("Agreement date", terms.AgreementDate), ("Effective date", terms.EffectiveDate), ("Expiration", terms.ExpirationDate),
            ("Renewal", terms.RenewalTerm), ("Notice period", terms.NoticePeriod), ("Governing law", terms.GoverningLaw),
        ];
        foreach (var (label, term) in all)
        {
            if (term is not null) yield return (label, term);
        }
    }

    /// <summary>Groups of the report with their verified clauses; identification is in the facts.</summary>
    public static IEnumerable<(
        ClauseGroup Group, IReadOnlyList<(string Category, ClauseFinding Finding)> Clauses)> Groups(ContractResult result) =>
        ClauseCategories.Asked
            .Select(group => (group, (IReadOnlyList<(string, ClauseFinding)>)
            [
                .. result.Clauses.Where(clause => clause.Group == group)
                    .SelectMany(clause => clause.Findings.Where(finding => finding.Verified).Select(finding => (clause.Category, finding))),
            ]))
            .Where(group => group.Item2.Count > 0);

    /// <summary>Categories without a verified clause.</summary>
    public static IReadOnlyList<string> Absent(ContractResult result) =>
        [.. result.Clauses.Where(clause => !clause.Present).Select(clause => clause.Category)];
}
