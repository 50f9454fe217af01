namespace SmolLM3.Inference.Constraints;

/// <summary>The masks of a state of a finite automaton: literals, numbers, strings of a pattern.</summary>
internal sealed class DfaMask : StateMask
{
    // A state that lets few tokens pass is walked as it is. Beyond such a part of all nodes it pays to merge the tree by the automaton's
    // classes.
    private const int WalkedPart = 128;

    private readonly MaskVocabulary _vocabulary;
    private readonly Dfa _dfa;
    private readonly int _state;

    public DfaMask(MaskVocabulary vocabulary, Dfa dfa, int state)
    {
        (_vocabulary, _dfa, _state) = (vocabulary, dfa, state);
        Whole = Walk(int.MaxValue, out int mostGrowth, out List<(ReadOnlyMemory<byte>, int)> beyond);
        MostGrowth = mostGrowth;
        Beyond = vocabulary.Rests(beyond);
    }

    /// <inheritdoc/>
    public override TokenTrie Beyond { get; }

    /// <inheritdoc/>
    protected override ulong[] Whole { get; }

    /// <inheritdoc/>
    protected override int MostGrowth { get; }

    /// <inheritdoc/>
    protected override ulong[] Fill(int growth) => Walk(growth, out _, out _);

    private ulong[] Walk(int growth, out int mostGrowth, out List<(ReadOnlyMemory<byte>, int)> beyond)
    {
        var mask = new ulong[_vocabulary.Words];
        beyond = [];
        if (TryWalk(
            _vocabulary.Trie, _dfa.Classes.Covers(_state) ? _vocabulary.Trie.Count / WalkedPart : int.MaxValue, growth, mask,
            out mostGrowth, beyond))
            return mask;
        mask.AsSpan().Clear();
        beyond.Clear();
        TryWalk(_vocabulary.Merged(_dfa.Classes), int.MaxValue, growth, mask, out mostGrowth, beyond);
        return mask;
    }

    private bool TryWalk(
        TokenTrie trie, int mostNodes, int growth, ulong[] mask, out int mostGrowth, List<(ReadOnlyMemory<byte>, int)> beyond)
    {
        mostGrowth = int.MinValue;
        int toEnd = _dfa.TokensFrom(_state);
        Span<int> states = stackalloc int[byte.MaxValue + 1];
        states[0] = _state;
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.Depth(node);
            int to = _dfa.Step(states[depth], trie.Label(node));
            if (to < 0)
            {
                node = trie.End(node);
                continue;
            }

            if (mostNodes-- == 0)
                return false;
            if (_dfa.Accepts(to))
                AddRests(trie, node, beyond);
            if (trie.TokensAt(node).Length > 0)
            {
                int grown = _dfa.TokensFrom(to) - toEnd;
                mostGrowth = Math.Max(mostGrowth, grown);
                if (grown <= growth)
                    trie.AddTokensAt(node, mask);
            }

            states[depth + 1] = to;
            node++;
        }

        return true;
    }

    // Where the value has ended, what tokens go on with. One is taken once: the longest rest may be all that the value's surroundings read.
    private void AddRests(TokenTrie trie, int end, List<(ReadOnlyMemory<byte>, int)> beyond)
    {
        int depth = trie.Depth(end) + 1;
        foreach (int token in trie.TokensUnder(end)[trie.TokensAt(end).Length..])
            beyond.Add((_vocabulary.BytesOf(token)[depth..], token));
    }
}
