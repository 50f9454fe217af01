using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Constraints;

/// <summary>A deterministic automaton over bytes in which every state leads to an end. State 0 is the start.</summary>
internal sealed class Dfa
{
    private const int MostStates = 20_000;

    private readonly int[] _next;
    private readonly bool[] _accepts;
    private readonly int[] _bytes;

    private Dfa(int[] next, bool[] accepts, int[] bytes)
    {
        (_next, _accepts, _bytes) = (next, accepts, bytes);
    }

    public bool Accepts(int state) => _accepts[state];

    public int Step(int state, byte next) => _next[state * 256 + next];

    public int BytesFrom(int state) => _bytes[state];

    public bool Reads(int state) => _next.AsSpan(state * 256, 256).IndexOfAnyExcept(-1) >= 0;

    /// <summary>The deterministic form of an automaton; null if it accepts nothing.</summary>
    /// <exception cref="NotSupportedException">It would have too many states.</exception>
    public static Dfa? From(Nfa nfa)
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
        int[] bytes = ShortestEndings(next, accepts);
        if (bytes[0] == Rule.Unreachable)
            return null;
        foreach (ref int to in CollectionsMarshal.AsSpan(next))
            to = to >= 0 && bytes[to] == Rule.Unreachable ? -1 : to;
        return new Dfa([.. next], accepts, bytes);

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

    private static int[] ShortestEndings(List<int> next, bool[] accepts)
    {
        // Backwards, breadth first.
        var sources = new List<int>[accepts.Length];
        var bytes = new int[accepts.Length];
        Array.Fill(bytes, Rule.Unreachable);
        for (int from = 0; from < accepts.Length; from++)
        {
            foreach (int to in next.GetRange(from * 256, 256).Where(to => to >= 0).Distinct())
                (sources[to] ??= []).Add(from);
        }

        var queue = new Queue<int>();
        for (int state = 0; state < accepts.Length; state++)
        {
            if (!accepts[state])
                continue;
            bytes[state] = 0;
            queue.Enqueue(state);
        }

        while (queue.TryDequeue(out int to))
        {
            foreach (int from in sources[to] ?? [])
            {
                if (bytes[from] != Rule.Unreachable)
                    continue;
                bytes[from] = bytes[to] + 1;
                queue.Enqueue(from);
            }
        }

        return bytes;
    }
}
