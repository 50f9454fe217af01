namespace SmolLM3.Inference.Scheduling;

/// <summary>What a step computes of one sequence: its next uncomputed tokens, and behind its last token a proposal to verify.</summary>
internal sealed record ScheduledRun(Sequence Sequence, int Count, ReadOnlyMemory<int> Proposal)
{
    /// <summary>All of the sequence's tokens are computed after this step, so that the next one can be sampled.</summary>
    public bool ReachesEnd { get; } = Count == Sequence.Uncomputed;

    public int Rows => Count + Proposal.Length;
}
