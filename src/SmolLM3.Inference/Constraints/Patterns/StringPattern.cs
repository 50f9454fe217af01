using System.Text;

namespace SmolLM3.Inference.Constraints;

/// <summary>Strings of a pattern, in the bytes that stand for them in JSON.</summary>
internal static class StringPattern
{
    private const int MostPlaces = 200_000;

    /// <summary>
    /// The automaton of the strings, quotes included, in which a pattern is found and whose length is in range; null if there are none.
    /// </summary>
    public static Dfa? Compile(string pattern, int fewest, int? most)
    {
        var characters = new CharacterNfa();
        int end = characters.AddState();
        characters.Add(PatternParser.Parse(pattern), 0, end);

        // A state for each place in the pattern and number of characters; without an upper limit, those past the lower are alike.
        var nfa = new Nfa();
        int counts = (most ?? fewest) + 1;
        if ((long)characters.Count * counts > MostPlaces)
            throw new NotSupportedException($"such a length, which makes more than {MostPlaces} places of it,");
        int[] bodies = [.. Enumerable.Range(0, characters.Count * counts).Select(_ => nfa.AddState())];
        int Body(int state, int count) => bodies[state * counts + count];
        nfa.Add(Nfa.Start, (byte)'"', (byte)'"', Body(0, 0));
        for (int count = 0; count < counts; count++)
        {
            if (count >= fewest)
                nfa.Add(Body(end, count), (byte)'"', (byte)'"', Nfa.Accept);
            foreach (var (from, set, to) in characters.Edges)
            {
                if (set is null)
                    nfa.AddEmpty(Body(from, count), Body(to, count));
                else if (count + 1 < counts || most is null)
                    AddCharacters(nfa, Body(from, count), set, Body(to, Math.Min(count + 1, counts - 1)));
            }
        }

        return Dfa.From(nfa);
    }

    private static void AddCharacters(Nfa nfa, int from, CharSet set, int to)
    {
        foreach (var (low, high) in set.Ranges)
        {
            for (int c = low; c <= Math.Min(high, '\\'); c++)
            {
                if (c < ' ' || c is '"' or '\\')
                    nfa.AddPath(from, JsonText.Escape(((char)c).ToString()), to);
            }

            // What stands for itself, where UTF-8 changes its length, and without the surrogates.
            foreach (var (first, last) in ((int, int)[])[(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, CharSet.Last)])
            {
                if (Math.Max(low, first) <= Math.Min(high, last))
                    AddUtf8(nfa, from, Utf8(Math.Max(low, first)), Utf8(Math.Min(high, last)), to);
            }
        }
    }

    // All byte rows of one length between two.
    private static void AddUtf8(Nfa nfa, int from, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, int to)
    {
        if (low.Length == 1)
        {
            nfa.Add(from, low[0], high[0], to);
            return;
        }

        if (low[0] == high[0])
        {
            int next = nfa.AddState();
            nfa.Add(from, low[0], low[0], next);
            AddUtf8(nfa, next, low[1..], high[1..], to);
            return;
        }

        Span<byte> least = stackalloc byte[low.Length - 1];
        Span<byte> greatest = stackalloc byte[low.Length - 1];
        least.Fill(0x80);
        greatest.Fill(0xBF);
        int first = nfa.AddState();
        nfa.Add(from, low[0], low[0], first);
        AddUtf8(nfa, first, low[1..], greatest, to);
        int last = nfa.AddState();
        nfa.Add(from, high[0], high[0], last);
        AddUtf8(nfa, last, least, high[1..], to);
        if (low[0] + 1 > high[0] - 1)
            return;
        int between = nfa.AddState();
        nfa.Add(from, (byte)(low[0] + 1), (byte)(high[0] - 1), between);
        AddUtf8(nfa, between, least, greatest, to);
    }

    private static byte[] Utf8(int codePoint) => Encoding.UTF8.GetBytes(new Rune(codePoint).ToString());

    /// <summary>A nondeterministic automaton over characters; an edge without a set reads nothing.</summary>
    private sealed class CharacterNfa
    {
        private const int MostStates = 20_000;

        public int Count { get; private set; } = 1;

        public List<(int From, CharSet? Set, int To)> Edges { get; } = [];

        public int AddState() => Count < MostStates ? Count++ : throw new NotSupportedException($"more than {MostStates} characters");

        public void Add(PatternNode node, int from, int to)
        {
            switch (node)
            {
                case PatternNode.Chars chars:
                    Edges.Add((from, chars.Set, to));
                    break;
                case PatternNode.Row row:
                    foreach (PatternNode part in row.Parts)
                    {
                        int next = AddState();
                        Add(part, from, next);
                        from = next;
                    }

                    Edges.Add((from, null, to));
                    break;
                case PatternNode.Choice choice:
                    foreach (PatternNode option in choice.Options)
                        Add(option, from, to);
                    break;
                case PatternNode.Repeat repeat:
                    AddRepeat(repeat, from, to);
                    break;
            }
        }

        private void AddRepeat(PatternNode.Repeat repeat, int from, int to)
        {
            for (int i = 0; i < repeat.Fewest; i++)
            {
                int next = AddState();
                Add(repeat.Part, from, next);
                from = next;
            }

            if (repeat.Most is null)
            {
                int loop = AddState();
                int back = AddState();
                Edges.Add((from, null, loop));
                Add(repeat.Part, loop, back);
                Edges.Add((back, null, loop));
                Edges.Add((loop, null, to));
                return;
            }

            for (int i = repeat.Fewest; i < repeat.Most; i++)
            {
                int next = AddState();
                Edges.Add((from, null, to));
                Add(repeat.Part, from, next);
                from = next;
            }

            Edges.Add((from, null, to));
        }
    }
}
