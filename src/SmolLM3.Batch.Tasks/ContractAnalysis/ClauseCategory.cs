namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>One of the clause categories of CUAD, the Contract Understanding Atticus Dataset.</summary>
/// <param name="Name">CUAD's name.</param>
/// <param name="Group">The group it is asked about and reported in.</param>
/// <param name="Meaning">What the model is told to look for.</param>
internal sealed record ClauseCategory(string Name, ClauseGroup Group, string Meaning);
