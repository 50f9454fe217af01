namespace SmolLM3.Inference.Constraints;

/// <summary>The masks of any state, found by running it over the whole vocabulary.</summary>
internal sealed class WalkedMask : StateMask
{
    private readonly TokenTrie _trie;
    private readonly int _words;
    private readonly Frame _frame;

    public WalkedMask(TokenTrie trie, int words, Rule rule, int state, int room)
    {
        (_trie, _words, _frame) = (trie, words, new Frame(rule, state, Frame.Outside, room));
        Visitor visitor = Walk(int.MaxValue);
        (Whole, MostGrowth) = (visitor.Mask, visitor.MostGrowth);
        var beyond = new List<(ReadOnlyMemory<byte>, int)>();
        byte[] path = new byte[trie.Longest];
        foreach (int end in visitor.Ends)
        {
            for (int node = end + 1; node < trie.End(end); node++)
            {
                int depth = trie.Depth(node) - trie.Depth(end);
                path[depth - 1] = trie.Label(node);
                byte[]? bytes = null;
                foreach (int token in trie.TokensAt(node))
                    beyond.Add((bytes ??= path[..depth], token));
            }
        }

        Beyond = new TokenTrie(beyond);
    }

    /// <inheritdoc/>
    public override TokenTrie Beyond { get; }

    /// <inheritdoc/>
    protected override ulong[] Whole { get; }

    /// <inheritdoc/>
    protected override int MostGrowth { get; }

    /// <inheritdoc/>
    protected override ulong[] Fill(int growth) => Walk(growth).Mask;

    private Visitor Walk(int growth)
    {
        var visitor = new Visitor(_trie, new ulong[_words], _frame.Tokens, growth);
        var opened = new List<Frame>();
        Frame.Open(_frame, opened);
        opened.Remove(Frame.Outside);
        new TrieWalk().Run(_trie, opened, ref visitor);
        return visitor;
    }

    private struct Visitor(TokenTrie trie, ulong[] mask, int toEnd, int growth) : TrieWalk.IVisitor
    {
        public ulong[] Mask { get; } = mask;

        public int MostGrowth { get; private set; } = int.MinValue;

        /// <summary>The nodes at which the value has ended.</summary>
        public List<int> Ends { get; } = [];

        public bool Visit(int node, List<Frame> frames)
        {
            if (frames.Contains(Frame.Outside))
                Ends.Add(node);
            ReadOnlySpan<int> tokens = trie.TokensAt(node);
            if (tokens.Length == 0)
                return true;
            int grown = int.MaxValue;
            foreach (Frame frame in frames)
                grown = Math.Min(grown, frame.Tokens - toEnd);
            MostGrowth = Math.Max(MostGrowth, grown);
            if (grown > growth)
                return true;
            foreach (int token in tokens)
                TokenMask.Set(Mask, token);
            return true;
        }
    }
}
