namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Byte strings and the tokens they stand for, as a tree laid out in the order of a walk: a node's first child stands right after it, and
/// <see cref="End"/> says where to go on when a node is not wanted.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly byte[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;
    private readonly int[] _tokens;
    private readonly TokenSet?[]? _sets;
    private readonly ReadOnlyMemory<byte>[] _bytes;

    /// <summary>A tree of entries in any order; several tokens may have the same bytes, and entries without bytes are left out.</summary>
    public TokenTrie(IEnumerable<(ReadOnlyMemory<byte> Bytes, int Token)> entries)
    {
        var sorted = entries.Where(entry => !entry.Bytes.IsEmpty && entry.Bytes.Length <= byte.MaxValue).ToArray();
        Array.Sort(
            sorted, (a, b) => a.Bytes.Span.SequenceCompareTo(b.Bytes.Span) is var order and not 0 ? order : a.Token.CompareTo(b.Token));

        var (labels, depths, ends, firstTokens) = (new List<byte>(), new List<byte>(), new List<int>(), new List<int>());
        Span<int> open = stackalloc int[byte.MaxValue + 1];
        ReadOnlySpan<byte> previous = default;
        for (int i = 0; i < sorted.Length; i++)
        {
            ReadOnlySpan<byte> bytes = sorted[i].Bytes.Span;
            int shared = previous.CommonPrefixLength(bytes);
            for (int depth = shared; depth < previous.Length; depth++)
                ends[open[depth]] = labels.Count;
            for (int depth = shared; depth < bytes.Length; depth++)
            {
                open[depth] = labels.Count;
                labels.Add(bytes[depth]);
                depths.Add((byte)depth);
                ends.Add(0);
                firstTokens.Add(i);
            }

            previous = bytes;
            Longest = Math.Max(Longest, bytes.Length);
        }

        for (int depth = 0; depth < previous.Length; depth++)
            ends[open[depth]] = labels.Count;
        firstTokens.Add(sorted.Length);
        _tokens = [.. sorted.Select(entry => entry.Token)];
        _bytes = [.. sorted.Select(entry => entry.Bytes)];
        (_labels, _depths, _ends, _firstTokens) = ([.. labels], [.. depths], [.. ends], [.. firstTokens]);
    }

    /// <summary>A tree that is laid out already, in which many tokens may end at one node.</summary>
    internal TokenTrie(byte[] labels, byte[] depths, int[] ends, int[] firstTokens, int[] tokens, int longest, int words)
    {
        (_labels, _depths, _ends, _firstTokens, _tokens, Longest) = (labels, depths, ends, firstTokens, tokens, longest);
        _bytes = [];
        _sets = new TokenSet?[labels.Length];
        for (int node = 0; node < labels.Length; node++)
        {
            if (TokensAt(node).Length > 1)
                _sets[node] = new TokenSet(TokensAt(node), words);
        }
    }

    /// <summary>How many nodes there are.</summary>
    public int Count => _labels.Length;

    /// <summary>The length of the longest entry.</summary>
    public int Longest { get; }

    /// <summary>The byte that leads to a node.</summary>
    public byte Label(int node) => _labels[node];

    /// <summary>How many bytes lead to the node before this one's own.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>The first node after a node and all below it.</summary>
    public int End(int node) => _ends[node];

    /// <summary>The tokens whose bytes end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => _tokens.AsSpan(_firstTokens[node].._firstTokens[node + 1]);

    /// <summary>Allows the tokens whose bytes end at a node.</summary>
    public void AddTokensAt(int node, Span<ulong> mask)
    {
        if (_sets?[node] is { } set)
        {
            set.AddTo(mask);
            return;
        }

        foreach (int token in TokensAt(node))
            TokenMask.Set(mask, token);
    }

    /// <summary>The tokens at a node and below it.</summary>
    public ReadOnlySpan<int> TokensUnder(int node) => _tokens.AsSpan(_firstTokens[node].._firstTokens[_ends[node]]);

    /// <summary>The tokens that end at the nodes of a range.</summary>
    public ReadOnlySpan<int> TokensBetween(int first, int end) => _tokens.AsSpan(_firstTokens[first].._firstTokens[end]);

    /// <summary>The bytes that lead to a node; of entries that were given by their bytes only.</summary>
    public ReadOnlySpan<byte> Path(int node) => _bytes[_firstTokens[node]].Span[..(_depths[node] + 1)];

    /// <summary>The node at the end of a path below a node (-1: from the root), or -1.</summary>
    public int Find(ReadOnlySpan<byte> path, int from = -1)
    {
        foreach (byte label in path)
        {
            int end = from < 0 ? Count : _ends[from];
            int child = from + 1;
            while (child < end && _labels[child] != label)
                child = _ends[child];
            if (child >= end)
                return -1;
            from = child;
        }

        return from;
    }
}
