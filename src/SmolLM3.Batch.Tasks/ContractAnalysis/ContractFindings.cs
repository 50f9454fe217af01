namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>What the model found in one part of the contract, quotes already looked up.</summary>
internal sealed record ContractFindings(
    string? DocumentType,
    string? Title,
    IReadOnlyList<Party> Parties,
    IReadOnlyList<Amount> Amounts,
    IReadOnlyList<Obligation> Obligations,
    IReadOnlyList<(string Category, ClauseFinding Finding)> Clauses);
