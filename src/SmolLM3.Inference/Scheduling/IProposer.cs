namespace SmolLM3.Inference.Scheduling;

/// <summary>Guesses a sequence's next tokens, for the model to verify in one pass.</summary>
internal interface IProposer
{
    /// <summary>At most <paramref name="limit"/> tokens; none where a guess would not pay.</summary>
    ReadOnlyMemory<int> Propose(Sequence sequence, int limit);

    /// <summary>How many of the tokens last proposed for a sequence were right.</summary>
    void Verified(Sequence sequence, int proposed, int accepted);
}
