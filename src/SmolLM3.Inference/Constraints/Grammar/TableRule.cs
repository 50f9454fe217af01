namespace SmolLM3.Inference.Constraints;

/// <summary>An automaton made state by state, as objects and arrays are.</summary>
internal class TableRule : Rule
{
    private readonly List<State> _states = [new()];

    public override int Start => 0;

    public override bool Nests => true;

    /// <summary>How many states there are.</summary>
    public int Count => _states.Count;

    public int AddState()
    {
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

    public override int BytesFrom(int state) => _states[state].Bytes;

    public override int DepthFrom(int state) => _states[state].Depth;

    public override bool Relax()
    {
        bool shorter = false;
        for (bool again = true; again; shorter |= again)
        {
            again = false;
            for (int i = _states.Count - 1; i >= 0; i--)
                again |= Relax(_states[i]);
        }

        return shorter;
    }

    private bool Relax(State state)
    {
        var (bytes, depth) = (state.Bytes, state.Depth);
        if (state.Accepts)
            (bytes, depth) = (0, 0);
        foreach (Edge edge in state.Edges)
        {
            if (_states[edge.To].Bytes + 1 < bytes)
                (bytes, depth) = (_states[edge.To].Bytes + 1, _states[edge.To].Depth);
        }

        if (state.Value is { } value && value.Bytes + _states[state.Then].Bytes < bytes)
            (bytes, depth) = (value.Bytes + _states[state.Then].Bytes, Math.Max(value.Depth, _states[state.Then].Depth));
        if (bytes >= state.Bytes)
            return false;
        (state.Bytes, state.Depth) = (bytes, depth);
        return true;
    }

    private readonly record struct Edge(byte Low, byte High, int To);

    private sealed class State
    {
        public List<Edge> Edges { get; } = [];

        public bool Accepts { get; set; }

        public Alternatives? Value { get; set; }

        public int Then { get; set; }

        public int Bytes { get; set; } = Unreachable;

        public int Depth { get; set; }
    }
}
