namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Categories that are asked about together.</summary>
internal enum ClauseGroup
{
    /// <summary>Title and parties; answered from the facts.</summary>
    Identification,

    /// <summary>Dates, renewal, governing law.</summary>
    Term,

    /// <summary>Leaving, transferring, changing hands.</summary>
    Exit,

    /// <summary>Limits on competing.</summary>
    Competition,

    /// <summary>Money, volumes, audit, insurance.</summary>
    Commercial,

    /// <summary>Intellectual property and licences.</summary>
    IntellectualProperty,

    /// <summary>Liability and claims.</summary>
    Liability,
}
