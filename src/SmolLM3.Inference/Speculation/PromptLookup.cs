using SmolLM3.Inference.Scheduling;
using System.Runtime.CompilerServices;

namespace SmolLM3.Inference.Speculation;

/// <summary>
/// Prompt-lookup speculation: where the last few tokens occurred before, what followed them then is proposed again. A model that
/// quotes its document is right often. Verification is exact, so a wrong guess costs time only; a sequence whose guesses do not pay
/// stops making them for a while.
/// </summary>
internal sealed class PromptLookup(int maxTokens) : IProposer
{
    private readonly ConditionalWeakTable<Sequence, NGramIndex> _indexes = [];

    public ReadOnlyMemory<int> Propose(Sequence sequence, int limit)
    {
        limit = Math.Min(limit, maxTokens);
        if (limit <= 0)
            return default;
        var index = _indexes.GetValue(sequence, _ => new NGramIndex());
        return index.Propose(sequence.Tokens, limit);
    }

    public void Verified(Sequence sequence, int proposed, int accepted)
    {
        if (_indexes.TryGetValue(sequence, out var index))
            index.Verified(proposed, accepted, sequence.Tokens.Count);
    }
}
