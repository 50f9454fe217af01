namespace SmolLM3.Inference.Scheduling;

internal sealed class NoProposer : IProposer
{
    public ReadOnlyMemory<int> Propose(Sequence sequence, int limit) => default;
}
