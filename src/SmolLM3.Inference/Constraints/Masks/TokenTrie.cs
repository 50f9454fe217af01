namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Byte strings and the tokens they stand for, as a tree laid out in the order of a walk: a node's first child stands right after it, and
/// <see cref="End"/> says where to go on when a node is not wanted.
/// </summary>
internal sealed class TokenTrie
{
    private readonly List<byte> _labels = [];
    private readonly List<byte> _depths = [];
    private readonly List<int> _ends = [];
    private readonly List<int> _firstTokens = [];
    private readonly int[] _tokens;

    /// <summary>A tree of entries in any order; several tokens may have the same bytes, and entries without bytes are left out.</summary>
    public TokenTrie(IEnumerable<(ReadOnlyMemory<byte> Bytes, int Token)> entries)
    {
        var sorted = entries.Where(entry => !entry.Bytes.IsEmpty && entry.Bytes.Length <= byte.MaxValue).ToArray();
        Array.Sort(sorted, (a, b) => a.Bytes.Span.SequenceCompareTo(b.Bytes.Span) is var order and not 0 ? order : a.Token.CompareTo(b.Token));
        _tokens = [.. sorted.Select(entry => entry.Token)];

        Span<int> open = stackalloc int[byte.MaxValue + 1];
        ReadOnlySpan<byte> previous = default;
        for (int i = 0; i < sorted.Length; i++)
        {
            ReadOnlySpan<byte> bytes = sorted[i].Bytes.Span;
            int shared = previous.CommonPrefixLength(bytes);
            for (int depth = shared; depth < previous.Length; depth++)
                _ends[open[depth]] = _labels.Count;
            for (int depth = shared; depth < bytes.Length; depth++)
            {
                open[depth] = _labels.Count;
                _labels.Add(bytes[depth]);
                _depths.Add((byte)depth);
                _ends.Add(0);
                _firstTokens.Add(i);
            }

            previous = bytes;
            Longest = Math.Max(Longest, bytes.Length);
        }

        for (int depth = 0; depth < previous.Length; depth++)
            _ends[open[depth]] = _labels.Count;
        _firstTokens.Add(sorted.Length);
    }

    /// <summary>How many nodes there are.</summary>
    public int Count => _labels.Count;

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

    /// <summary>The tokens at a node and below it.</summary>
    public ReadOnlySpan<int> TokensUnder(int node) => _tokens.AsSpan(_firstTokens[node].._firstTokens[_ends[node]]);

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
