namespace SmolLM3.Inference.Constraints;

/// <summary>
/// The tokens that may come in one state of one rule, whatever is around its value: those that stay inside it, as a mask; and those that end
/// it and go on, by what they go on with, to be tried on what is around it.
/// </summary>
internal sealed class StateMask
{
    private const int MostTightMasks = 256;

    private readonly TokenTrie _trie;
    private readonly Frame _frame;
    private readonly int _words;
    private readonly ulong[] _mask;
    private readonly int _mostGrowth = int.MinValue;
    private readonly Dictionary<int, ulong[]> _tight = [];

    public StateMask(TokenTrie trie, int words, Rule rule, int state, int room)
    {
        _trie = trie;
        _words = words;
        _frame = new Frame(rule, state, Frame.Outside, room);
        _mask = Fill(int.MaxValue, out _mostGrowth, out List<int> ends);
        var beyond = new List<(ReadOnlyMemory<byte>, int)>();
        byte[] path = new byte[trie.Longest];
        foreach (int end in ends)
        {
            for (int node = end + 1; node < trie.End(end); node++)
            {
                int depth = trie.Depth(node) - trie.Depth(end);
                path[depth - 1] = trie.Label(node);
                if (trie.TokensAt(node).Length > 0)
                {
                    byte[] bytes = path[..depth];
                    foreach (int token in trie.TokensAt(node))
                        beyond.Add((bytes, token));
                }
            }
        }

        Beyond = new TokenTrie(beyond);
    }

    /// <summary>What tokens go on with after the value's end.</summary>
    public TokenTrie Beyond { get; }

    /// <summary>The tokens that stay inside the value and lengthen its shortest ending by at most so many bytes.</summary>
    public ReadOnlySpan<ulong> Inside(int growth)
    {
        if (growth >= _mostGrowth)
            return _mask;
        lock (_tight)
        {
            if (_tight.TryGetValue(growth, out ulong[]? mask))
                return mask;
            mask = Fill(growth, out _, out _);
            if (_tight.Count < MostTightMasks)
                _tight[growth] = mask;
            return mask;
        }
    }

    private ulong[] Fill(int growth, out int mostGrowth, out List<int> ends)
    {
        var visitor = new Visitor(_trie, new ulong[_words], _frame.Bytes, growth);
        var opened = new List<Frame>();
        Frame.Open(_frame, opened);
        opened.Remove(Frame.Outside);
        new TrieWalk().Run(_trie, opened, ref visitor);
        (mostGrowth, ends) = (visitor.MostGrowth, visitor.Ends);
        return visitor.Mask;
    }

    private struct Visitor(TokenTrie trie, ulong[] mask, int bytes, int growth) : TrieWalk.IVisitor
    {
        public ulong[] Mask { get; } = mask;

        public int MostGrowth { get; private set; } = int.MinValue;

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
                grown = Math.Min(grown, frame.Bytes - bytes);
            MostGrowth = Math.Max(MostGrowth, grown);
            if (grown <= growth)
            {
                foreach (int token in tokens)
                    TokenMask.Set(Mask, token);
            }

            return true;
        }
    }
}
