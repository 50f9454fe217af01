namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>How much attention a clause, or a departure from the playbook, needs.</summary>
internal enum RiskLevel
{
    /// <summary>Usual.</summary>
    Low,

    /// <summary>Worth a look.</summary>
    Medium,

    /// <summary>Needs a decision.</summary>
    High,
}
