namespace SmolLM3.Inference.Constraints;

/// <summary>An automaton made state by state, as objects and arrays are.</summary>
internal class TableRule : Rule
{
    // A hundred megabytes or so.
    private const int MostStates = 100_000;

    private readonly List<State> _states = [new()];
    private readonly Stack<int> _open = [];
    private List<int>[]? _before;

    public override int Start => 0;

    public override bool Nests => true;

    /// <summary>How many states there are.</summary>
    public int Count => _states.Count;

    /// <exception cref="NotSupportedException">It would have too many states.</exception>
    public int AddState()
    {
        if (_states.Count == MostStates)
            throw new NotSupportedException($"more than {MostStates} states");
        _states.Add(new State());
        return _states.Count - 1;
    }

    public void SetAccepting(int state) => _states[state].Accepts = true;

    public void SetCall(int state, Alternatives value, int then) => (_states[state].Value, _states[state].Then) = (value, then);

    /// <summary>An edge for a range of bytes. Ranges of one state must not overlap.</summary>
    public void AddEdge(int from, byte low, byte high, int to) => _states[from].Edges.Add(new Edge(low, high, to));

    /// <summary>A row of single bytes; where the way is there already it is taken.</summary>
    /// <returns>The state at its end.</returns>
    public int AddPath(int from, ReadOnlySpan<byte> path, int to = -1)
    {
        for (int i = 0; i < path.Length; i++)
        {
            int next = Step(from, path[i]);
            if (next < 0)
            {
                next = i == path.Length - 1 && to >= 0 ? to : AddState();
                AddEdge(from, path[i], path[i], next);
            }

            from = next;
        }

        return from;
    }

    /// <summary>Whether tokens of any kind may come here: single bytes are enough to reckon with.</summary>
    protected virtual bool IsOpen(int state) => false;

    /// <summary>Finds where each state can get to by one token.</summary>
    public void AddLeaps(TokenTrie trie)
    {
        for (int state = 0; state < _states.Count; state++)
        {
            _states[state].Leaps.UnionWith(_states[state].Edges.Select(edge => edge.To));
            Leap(trie, -1, state, _states[state].Leaps);
        }
    }

    private void Leap(TokenTrie trie, int node, int state, HashSet<int> reached)
    {
        if (IsOpen(state))
            return;
        foreach (Edge edge in _states[state].Edges)
        {
            int child = trie.Find([edge.Low], node);
            if (child < 0)
                continue;
            if (trie.TokensAt(child).Length > 0)
                reached.Add(edge.To);
            Leap(trie, child, edge.To, reached);
        }
    }

    public override bool Accepts(int state) => _states[state].Accepts;

    public override bool Reads(int state) => _states[state].Edges.Count > 0;

    public override int Step(int state, byte next)
    {
        foreach (Edge edge in _states[state].Edges)
        {
            if (next >= edge.Low && next <= edge.High)
                return edge.To;
        }

        return -1;
    }

    public override Alternatives? Call(int state, out int then)
    {
        then = _states[state].Then;
        return _states[state].Value;
    }

    public override int TokensFrom(int state) => _states[state].Tokens;

    public override int DepthFrom(int state) => _states[state].Depth;

    public override bool Relax()
    {
        if (_before is null)
            FindBefore();

        // What changed since the last time are the values that are called.
        bool shorter = false;
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i].Value is not null)
                _open.Push(i);
        }

        while (_open.TryPop(out int i))
        {
            if (!Relax(_states[i]))
                continue;
            shorter = true;
            foreach (int before in _before![i])
                _open.Push(before);
        }

        return shorter;
    }

    // The states that get to each one, and all of them to begin with.
    private void FindBefore()
    {
        _before = [.. _states.Select(_ => new List<int>())];
        for (int i = 0; i < _states.Count; i++)
        {
            foreach (int to in _states[i].Leaps)
                _before[to].Add(i);
            if (_states[i].Value is not null)
                _before[_states[i].Then].Add(i);
            _open.Push(i);
        }
    }

    private bool Relax(State state)
    {
        var (tokens, depth) = (state.Tokens, state.Depth);
        if (state.Accepts)
            (tokens, depth) = (0, 0);
        foreach (int to in state.Leaps)
        {
            if (_states[to].Tokens + 1 < tokens)
                (tokens, depth) = (_states[to].Tokens + 1, _states[to].Depth);
        }

        if (state.Value is { } value && value.Tokens + _states[state.Then].Tokens < tokens)
            (tokens, depth) = (value.Tokens + _states[state.Then].Tokens, Math.Max(value.Depth, _states[state.Then].Depth));
        if (tokens >= state.Tokens)
            return false;
        (state.Tokens, state.Depth) = (tokens, depth);
        return true;
    }

    private readonly record struct Edge(byte Low, byte High, int To);

    private sealed class State
    {
        public List<Edge> Edges { get; } = [];

        /// <summary>The states that one token leads to.</summary>
        public HashSet<int> Leaps { get; } = [];

        public bool Accepts { get; set; }

        public Alternatives? Value { get; set; }

        public int Then { get; set; }

        public int Tokens { get; set; } = Unreachable;

        public int Depth { get; set; }
    }
}
