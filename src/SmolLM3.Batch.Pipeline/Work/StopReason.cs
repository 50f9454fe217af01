namespace SmolLM3.Batch.Pipeline;

/// <summary>Why a running job was stopped.</summary>
internal enum StopReason
{
    None,

    /// <summary>Its owner cancelled it.</summary>
    CancelRequested,

    /// <summary>Its deadline passed.</summary>
    DeadlinePassed,

    /// <summary>Another worker has it, or it is over.</summary>
    ClaimLost,

    /// <summary>The model or the storage failed.</summary>
    Fault,
}
