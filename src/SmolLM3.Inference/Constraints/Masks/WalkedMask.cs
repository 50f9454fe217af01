namespace SmolLM3.Inference.Constraints;

/// <summary>The masks of any state, found by running it over the whole vocabulary.</summary>
internal sealed class WalkedMask : StateMask
{
    private readonly TokenTrie _trie;
    private readonly int _words;
    private readonly Frame _frame;

    public WalkedMask(MaskVocabulary vocabulary, Rule rule, int state, int room)
    {
        TokenTrie trie = vocabulary.Trie;
        (_trie, _words, _frame) = (trie, vocabulary.Words, new Frame(rule, state, Frame.Outside, room));
        Visitor visitor = Walk(int.MaxValue);
        (Whole, MostGrowth) = (visitor.Mask, visitor.MostGrowth);
        TokensByKey = visitor.TokensByKey;
        SecondKeyTokens = [.. visitor.SecondKeyTokens];
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

        Beyond = vocabulary.Rests(beyond);
    }

    /// <inheritdoc/>
    public override TokenTrie Beyond { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, HashSet<int>> TokensByKey { get; }

    /// <inheritdoc/>
    public override int[] SecondKeyTokens { get; }

    /// <inheritdoc/>
    protected override ulong[] Whole { get; }

    /// <inheritdoc/>
    protected override int MostGrowth { get; }

    /// <inheritdoc/>
    protected override ulong[] Fill(int growth) => Walk(growth).Mask;

    private Visitor Walk(int growth)
    {
        var visitor = new Visitor(
            _trie, new ulong[_words], _frame.Tokens, growth, _frame.Rule as ObjectRule is { } owner ? owner.IsInKey(_frame.State) : null);
        var opened = new List<Frame>();
        Frame.Open(_frame, opened);
        opened.Remove(Frame.Outside);
        new TrieWalk().Run(_trie, opened, ref visitor);
        return visitor;
    }

    private struct Visitor(TokenTrie trie, ulong[] mask, int toEnd, int growth, bool? inKey) : TrieWalk.IVisitor
    {
        public ulong[] Mask { get; } = mask;

        public int MostGrowth { get; private set; } = int.MinValue;

        /// <summary>The nodes at which the value has ended.</summary>
        public List<int> Ends { get; } = [];

        /// <summary>The tokens that write a made-up key to its end, by that.</summary>
        public Dictionary<string, HashSet<int>> TokensByKey { get; } = new(StringComparer.Ordinal);

        /// <summary>The tokens that write two of them to their ends.</summary>
        public HashSet<int> SecondKeyTokens { get; } = [];

        public void Visit(int node, List<Frame> frames)
        {
            if (inKey is not null && trie.Label(node) == '"')
            {
                foreach (Frame frame in frames)
                    NoteKeys(node, frame);
            }

            if (frames.Contains(Frame.Outside))
                Ends.Add(node);
            ReadOnlySpan<int> tokens = trie.TokensAt(node);
            if (tokens.Length == 0)
                return;
            int fewest = int.MaxValue;
            foreach (Frame frame in frames)
                fewest = Math.Min(fewest, frame.Tokens);
            VisitLoop(tokens, fewest);
        }

        public void VisitLoop(ReadOnlySpan<int> tokens, int tokensToEnd)
        {
            if (tokens.Length == 0)
                return;
            int grown = tokensToEnd - toEnd;
            MostGrowth = Math.Max(MostGrowth, grown);
            if (grown > growth)
                return;
            foreach (int token in tokens)
                TokenMask.Set(Mask, token);
        }

        // The keys of the value at the bottom; those inside it have not been there before.
        private readonly void NoteKeys(int node, Frame frame)
        {
            while (frame.Parent is { } parent && parent != Frame.Outside)
                frame = parent;
            if (frame.Keys is not { } made)
                return;
            ReadOnlySpan<int> tokens = trie.TokensUnder(node);
            if (inKey == true)
            {
                if (made.Used.Count > 1)
                    SecondKeyTokens.UnionWith(tokens.ToArray());
                return;
            }

            foreach (string key in made.Used)
            {
                if (!TokensByKey.TryGetValue(key, out HashSet<int>? with))
                    TokensByKey[key] = with = [];
                with.UnionWith(tokens.ToArray());
            }
        }
    }
}
