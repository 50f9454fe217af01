namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Reads the dates and terms off the clauses.</summary>
internal static class ContractTermsReader
{
    public static ContractTerms Read(IReadOnlyList<ClauseReport> clauses)
    {
        Term? First(string category) => clauses.First(clause => clause.Category == category).Findings
            .Where(finding => finding.Verified)
            .Select(finding => new Term(finding.Reading, DateFinder.Single(finding.Quote), finding.Quote, finding.Source!))
            .FirstOrDefault();

        return new ContractTerms(
            First(ClauseCategories.AgreementDate),
            First(ClauseCategories.EffectiveDate),
            First(ClauseCategories.ExpirationDate),
            First(ClauseCategories.RenewalTerm),
            First(ClauseCategories.NoticePeriod),
            First(ClauseCategories.GoverningLaw));
    }
}
