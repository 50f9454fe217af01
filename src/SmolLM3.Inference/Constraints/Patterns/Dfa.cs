using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Constraints;

/// <summary>A deterministic automaton over bytes in which every state leads to an end. State 0 is the start.</summary>
internal sealed class Dfa
{
    private const int MostStates = 20_000;

    private readonly int[] _next;
    private readonly bool[] _accepts;
    private readonly int[] _tokens;

    private Dfa(int[] next, bool[] accepts, int[] tokens)
    {
        (_next, _accepts, _tokens) = (next, accepts, tokens);
    }

    public bool Accepts(int state) => _accepts[state];

    public int Step(int state, byte next) => _next[state * 256 + next];

    public int TokensFrom(int state) => _tokens[state];

    public bool Reads(int state) => _next.AsSpan(state * 256, 256).IndexOfAnyExcept(-1) >= 0;

    /// <summary>
    /// The deterministic form of an automaton; null if it accepts nothing. With a vocabulary, endings are reckoned in its tokens, else in single
    /// bytes: right for patterns, whose states let nearly all tokens pass.
    /// </summary>
    /// <exception cref="NotSupportedException">It would have too many states.</exception>
    public static Dfa? From(Nfa nfa, TokenTrie? trie = null)
    {
        var sets = new List<int[]>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = new List<int>();
        Number([Nfa.Start]);
        for (int set = 0; set < sets.Count; set++)
        {
            var edges = sets[set].SelectMany(nfa.EdgesOf).ToArray();
            var row = new int[256];
            Array.Fill(row, -1);

            // Between two neighbouring bounds all bytes lead to the same states.
            int[] bounds = [.. edges.SelectMany(edge => (int[])[edge.Low, edge.High + 1]).Distinct().Order()];
            for (int i = 0; i + 1 < bounds.Length; i++)
            {
                int[] targets = [.. edges.Where(edge => edge.Low <= bounds[i] && edge.High >= bounds[i]).Select(edge => edge.To).Distinct()];
                if (targets.Length > 0)
                    row.AsSpan(bounds[i], bounds[i + 1] - bounds[i]).Fill(Number(targets));
            }

            next.AddRange(row);
        }

        bool[] accepts = [.. sets.Select(set => set.Contains(Nfa.Accept))];
        int[] tokens = Endings(next, accepts, trie);
        if (tokens[0] == Rule.Unreachable)
            return null;
        foreach (ref int to in CollectionsMarshal.AsSpan(next))
            to = to >= 0 && tokens[to] == Rule.Unreachable ? -1 : to;
        return new Dfa([.. next], accepts, tokens);

        int Number(int[] targets)
        {
            int[] set = Close(nfa, targets);
            string key = new(MemoryMarshal.Cast<int, char>(set));
            if (numbers.TryGetValue(key, out int number))
                return number;
            if (sets.Count == MostStates)
                throw new NotSupportedException($"more than {MostStates} states");
            sets.Add(set);
            return numbers[key] = sets.Count - 1;
        }
    }

    private static int[] Close(Nfa nfa, int[] states)
    {
        var closed = new HashSet<int>(states);
        var open = new Stack<int>(states);
        while (open.TryPop(out int state))
        {
            foreach (int to in nfa.EmptyOf(state))
            {
                if (closed.Add(to))
                    open.Push(to);
            }
        }

        return [.. closed.Order()];
    }

    // Backwards from the ends, breadth first.
    private static int[] Endings(List<int> next, bool[] accepts, TokenTrie? trie)
    {
        var sources = new List<int>[accepts.Length];
        var tokens = new int[accepts.Length];
        Array.Fill(tokens, Rule.Unreachable);
        for (int from = 0; from < accepts.Length; from++)
        {
            var reached = new HashSet<int>(next.GetRange(from * 256, 256).Where(to => to >= 0));
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
}
