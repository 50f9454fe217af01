using System.Text.Json.Serialization;
using SmolLM3.Batch.Tasks.Evidence;
using SmolLM3.Batch.Tasks.Results;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>A contract analysis, as published.</summary>
internal sealed record ContractResult(
    [property: JsonIgnore] ResultHeader Header,
    DocumentKind DocumentType,
    string? Title,
    IReadOnlyList<Party> Parties,
    ContractTerms Terms,
    IReadOnlyList<Amount> Amounts,
    IReadOnlyList<Obligation> Obligations,
    IReadOnlyList<ClauseReport> Clauses,
    IReadOnlyList<PlaybookCheck> Playbook);

/// <summary>What kind of document it is; verified where its words stand in the document.</summary>
internal sealed record DocumentKind(string Name, bool Verified);

/// <summary>A party; verified where its name stands in the document.</summary>
internal sealed record Party(string Name, string Role, bool Verified, SourceSpan? Source);

/// <summary>The dates and terms, each from the first verified clause of its category; null where there is none.</summary>
internal sealed record ContractTerms(
    Term? AgreementDate, Term? EffectiveDate, Term? ExpirationDate, Term? RenewalTerm, Term? NoticePeriod, Term? GoverningLaw);

/// <summary>A date or term.</summary>
/// <param name="Text">What it says, in one line.</param>
/// <param name="Date">The date in the quote, where it has exactly one.</param>
/// <param name="Quote">The words of the document.</param>
/// <param name="Source">Where they stand.</param>
internal sealed record Term(string Text, DateOnly? Date, string Quote, SourceSpan Source);

/// <summary>An amount of money.</summary>
internal sealed record Amount(string Quote, string Purpose, bool Verified, SourceSpan? Source);

/// <summary>Something a party must do or not do.</summary>
internal sealed record Obligation(string Party, string Duty, string Quote, bool Verified, SourceSpan? Source);

/// <summary>One of the 41 categories with what was found.</summary>
/// <param name="Category">CUAD's name.</param>
/// <param name="Group">The group of the report.</param>
/// <param name="Present">Whether a verified quote shows it.</param>
/// <param name="Findings">What was found, verified or not, in the document's order.</param>
internal sealed record ClauseReport(string Category, ClauseGroup Group, bool Present, IReadOnlyList<ClauseFinding> Findings);

/// <summary>One clause.</summary>
internal sealed record ClauseFinding(string Quote, bool Verified, SourceSpan? Source, string Reading, RiskLevel Risk, string RiskReason);

/// <summary>What became of a playbook rule.</summary>
/// <param name="Category">Its clause.</param>
/// <param name="Severity">How much a departure weighs.</param>
/// <param name="Verdict">Meets, fallback, deviates, or missing where the contract has no such clause.</param>
/// <param name="Explanation">Why.</param>
/// <param name="Position">What is wanted.</param>
/// <param name="Fallback">What is still acceptable.</param>
/// <param name="Sources">The clauses that were judged.</param>
internal sealed record PlaybookCheck(
    string Category, RiskLevel Severity, PlaybookVerdict Verdict, string Explanation, string Position, string? Fallback,
    IReadOnlyList<SourceSpan> Sources);

/// <summary>How a contract stands to a playbook rule.</summary>
internal enum PlaybookVerdict
{
    /// <summary>As wanted.</summary>
    Meets,

    /// <summary>Not as wanted but acceptable.</summary>
    Fallback,

    /// <summary>Neither.</summary>
    Deviates,

    /// <summary>The contract has no such clause.</summary>
    Missing,
}
