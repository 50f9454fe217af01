using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Constraints;

/// <summary>A deterministic automaton over bytes in which every state leads to an end. State 0 is the start.</summary>
internal sealed class Dfa
{
    private const int MostStates = 20_000;
    private const int MostHeld = 4_000_000;

    private readonly int[] _next;
    private readonly bool[] _accepts;
    private readonly int[] _tokens;
    private ByteClasses? _classes;

    private Dfa(int[] next, bool[] accepts, int[] tokens)
    {
        (_next, _accepts, _tokens) = (next, accepts, tokens);
    }

    /// <summary>The bytes that it treats alike.</summary>
    public ByteClasses Classes => _classes ??= new ByteClasses(_next);

    public bool Accepts(int state) => _accepts[state];

    public int Step(int state, byte next) => _next[state * 256 + next];

    public int TokensFrom(int state) => _tokens[state];

    public bool Reads(int state) => _next.AsSpan(state * 256, 256).IndexOfAnyExcept(-1) >= 0;

    /// <summary>
    /// The deterministic form of an automaton; null if it accepts nothing. With a vocabulary, endings are reckoned in its tokens, else in
    /// single bytes: right for patterns, whose states let nearly all tokens pass.
    /// </summary>
    /// <exception cref="NotSupportedException">It would have too many states.</exception>
    public static Dfa? From(Nfa nfa, TokenTrie? trie = null)
    {
        var builder = new Subsets(nfa);
        var next = new List<int>();
        for (int set = 0; set < builder.Sets.Count; set++)
        {
            CollectionsMarshal.SetCount(next, next.Count + 256);
            builder.Fill(set, CollectionsMarshal.AsSpan(next)[^256..]);
        }

        bool[] accepts = [.. builder.Sets.Select(set => set.Contains(Nfa.Accept))];
        int[] tokens = Endings(next, accepts, trie);
        if (tokens[0] == Rule.Unreachable)
            return null;
        foreach (ref int to in CollectionsMarshal.AsSpan(next))
            to = to >= 0 && tokens[to] == Rule.Unreachable ? -1 : to;
        return new Dfa([.. next], accepts, tokens);
    }

    // Backwards from the ends, breadth first.
    private static int[] Endings(List<int> next, bool[] accepts, TokenTrie? trie)
    {
        var sources = new List<int>[accepts.Length];
        var tokens = new int[accepts.Length];
        Array.Fill(tokens, Rule.Unreachable);
        for (int from = 0; from < accepts.Length; from++)
        {
            var reached = new HashSet<int>();
            int last = -1;
            foreach (int to in CollectionsMarshal.AsSpan(next).Slice(from * 256, 256))
            {
                if (to != last && to >= 0)
                    reached.Add(to);
                last = to;
            }

            if (trie is not null)
                Leap(next, trie, -1, from, reached);
            foreach (int to in reached)
                (sources[to] ??= []).Add(from);
        }

        var queue = new Queue<int>();
        for (int state = 0; state < accepts.Length; state++)
        {
            if (!accepts[state])
                continue;
            tokens[state] = 0;
            queue.Enqueue(state);
        }

        while (queue.TryDequeue(out int to))
        {
            foreach (int from in sources[to] ?? [])
            {
                if (tokens[from] != Rule.Unreachable)
                    continue;
                tokens[from] = tokens[to] + 1;
                queue.Enqueue(from);
            }
        }

        return tokens;
    }

    private static void Leap(List<int> next, TokenTrie trie, int node, int state, HashSet<int> reached)
    {
        for (int label = 0; label < 256; label++)
        {
            int to = next[state * 256 + label];
            int child = to < 0 ? -1 : trie.Find([(byte)label], node);
            if (child < 0)
                continue;
            if (trie.TokensAt(child).Length > 0)
                reached.Add(to);
            Leap(next, trie, child, to, reached);
        }
    }

    /// <summary>The sets of states that a nondeterministic automaton can be in, numbered in the order in which they are found.</summary>
    private sealed class Subsets
    {
        private readonly Nfa _nfa;
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<(byte Low, byte High, int To)> _edges = [];
        private readonly List<int> _bounds = [];
        private readonly List<int> _members = [];
        private readonly int[] _seen;
        private int _held;
        private int _round;

        public Subsets(Nfa nfa)
        {
            (_nfa, _seen) = (nfa, new int[nfa.Count]);
            _round++;
            Add(Nfa.Start);
            Number();
        }

        public List<int[]> Sets { get; } = [];

        /// <summary>Where each byte leads from a set.</summary>
        public void Fill(int set, Span<int> row)
        {
            row.Fill(-1);
            _edges.Clear();
            _bounds.Clear();
            foreach (int state in Sets[set])
                _edges.AddRange(_nfa.EdgesOf(state));
            foreach (var (low, high, _) in _edges)
            {
                _bounds.Add(low);
                _bounds.Add(high + 1);
            }

            // Between two neighbouring bounds all bytes lead to the same states.
            _bounds.Sort();
            for (int i = 0; i + 1 < _bounds.Count; i++)
            {
                var (first, end) = (_bounds[i], _bounds[i + 1]);
                if (first == end)
                    continue;
                _round++;
                _members.Clear();
                foreach (var (low, high, to) in _edges)
                {
                    if (low <= first && high >= first)
                        Add(to);
                }

                if (_members.Count > 0)
                    row[first..end].Fill(Number());
            }
        }

        // A state, and all that it reaches by empty moves.
        private void Add(int state)
        {
            if (_seen[state] == _round)
                return;
            _seen[state] = _round;
            int from = _members.Count;
            _members.Add(state);
            for (; from < _members.Count; from++)
            {
                foreach (int to in _nfa.EmptyOf(_members[from]))
                {
                    if (_seen[to] == _round)
                        continue;
                    _seen[to] = _round;
                    _members.Add(to);
                }
            }
        }

        private int Number()
        {
            _members.Sort();
            Span<int> set = CollectionsMarshal.AsSpan(_members);
            var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
            if (numbers.TryGetValue(MemoryMarshal.Cast<int, char>(set), out int number))
                return number;
            if (Sets.Count == MostStates || (_held += set.Length) > MostHeld)
                throw new NotSupportedException($"more than {MostStates} states, or too many places at once,");
            numbers[MemoryMarshal.Cast<int, char>(set)] = Sets.Count;
            Sets.Add(set.ToArray());
            return Sets.Count - 1;
        }
    }
}
