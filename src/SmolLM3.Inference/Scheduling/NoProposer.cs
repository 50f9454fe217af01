namespace SmolLM3.Inference.Scheduling;

internal sealed class NoProposer : IProposer
{
    public ReadOnlyMemory<int> Propose(Sequence sequence, int limit) => default;

    public void Verified(Sequence sequence, int proposed, int accepted)
    {
        // Nothing was proposed.
    }
}
