namespace SmolLM3.Inference.Constraints;

/// <summary>A nondeterministic automaton over bytes, with empty moves. State 0 is the start, state 1 the only accepting one.</summary>
internal sealed class Nfa
{
    public const int Start = 0;
    public const int Accept = 1;

    // A hundred megabytes or so.
    private const int MostStates = 500_000;

    private readonly List<List<(byte Low, byte High, int To)>> _edges = [[], []];
    private readonly List<List<int>> _empty = [[], []];

    /// <summary>How many states there are.</summary>
    public int Count => _edges.Count;

    /// <exception cref="NotSupportedException">It would have too many states.</exception>
    public int AddState()
    {
        if (_edges.Count == MostStates)
            throw new NotSupportedException($"more than {MostStates} places");
        _edges.Add([]);
        _empty.Add([]);
        return _edges.Count - 1;
    }

    public void Add(int from, byte low, byte high, int to) => _edges[from].Add((low, high, to));

    public void AddEmpty(int from, int to) => _empty[from].Add(to);

    public void AddPath(int from, ReadOnlySpan<byte> path, int to)
    {
        for (int i = 0; i < path.Length; i++)
        {
            int next = i == path.Length - 1 ? to : AddState();
            Add(from, path[i], path[i], next);
            from = next;
        }
    }

    public List<(byte Low, byte High, int To)> EdgesOf(int state) => _edges[state];

    public List<int> EmptyOf(int state) => _empty[state];
}
