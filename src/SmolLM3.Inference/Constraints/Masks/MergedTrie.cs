using System.Runtime.InteropServices;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Makes the tree of tokens as an automaton sees it: with one node for all that differ only in bytes which it treats alike. So a hundred
/// thousand tokens become a few hundred nodes, and a walk for one more state costs next to nothing.
/// </summary>
internal sealed class MergedTrie
{
    // In the order in which they were made. Node 0 is the root, which the finished tree does without.
    private readonly List<Node> _nodes = [default];

    private MergedTrie()
    {
    }

    /// <summary>The merged tree of a vocabulary's, without what the automaton can never read.</summary>
    public static TokenTrie Of(TokenTrie trie, ByteClasses classes, int words)
    {
        var merged = new MergedTrie();
        var tokens = new List<(int Node, int Token)>(1 << 16);
        Span<int> open = stackalloc int[byte.MaxValue + 2];
        Span<bool> exact = stackalloc bool[byte.MaxValue + 2];
        (open[0], exact[0]) = (0, false);
        Span<(int Parent, byte Kind)> last = new (int, byte)[byte.MaxValue + 1];
        last.Fill((-1, 0));
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.Depth(node);
            byte label = trie.Label(node);
            if (classes.IsDead(label))
            {
                node = trie.End(node);
                continue;
            }

            // After an escape the classes no longer hold.
            exact[depth + 1] = exact[depth] || label == ByteClasses.Escape;
            byte kind = exact[depth] ? label : classes[label];

            // Siblings come one after the other, and mostly alike.
            if (last[depth] != (open[depth], kind))
                (last[depth], open[depth + 1]) = ((open[depth], kind), merged.Child(open[depth], kind, depth));
            int to = open[depth + 1];
            foreach (int token in trie.TokensAt(node))
                tokens.Add((to, token));
            node++;
        }

        return merged.Lay(tokens, trie.Longest, words);
    }

    private int Child(int parent, byte label, int depth)
    {
        Span<Node> nodes = CollectionsMarshal.AsSpan(_nodes);
        int last = 0;
        for (int child = nodes[parent].FirstChild; child > 0; child = nodes[child].Sibling)
        {
            if (nodes[child].Label == label)
                return child;
            last = child;
        }

        if (last == 0)
            nodes[parent].FirstChild = nodes.Length;
        else
            nodes[last].Sibling = nodes.Length;
        _nodes.Add(new Node { Label = label, Depth = (byte)depth });
        return _nodes.Count - 1;
    }

    // Children right after their parents.
    private TokenTrie Lay(List<(int Node, int Token)> tokens, int longest, int words)
    {
        ReadOnlySpan<Node> nodes = CollectionsMarshal.AsSpan(_nodes);
        int count = nodes.Length - 1;
        var (labels, depths, ends, places) = (new byte[count], new byte[count], new int[count], new int[count + 1]);
        var open = new Stack<int>();
        int next = 0;
        for (int node = nodes[0].FirstChild; node > 0 || open.Count > 0;)
        {
            if (node == 0)
            {
                int left = open.Pop();
                ends[places[left]] = next;
                node = nodes[left].Sibling;
                continue;
            }

            (labels[next], depths[next], places[node]) = (nodes[node].Label, nodes[node].Depth, next);
            next++;
            open.Push(node);
            node = nodes[node].FirstChild;
        }

        var firstTokens = new int[count + 1];
        foreach (var (node, _) in tokens)
            firstTokens[places[node] + 1]++;
        for (int place = 0; place < count; place++)
            firstTokens[place + 1] += firstTokens[place];
        var laid = new int[tokens.Count];
        int[] at = [.. firstTokens];
        foreach (var (node, token) in tokens)
            laid[at[places[node]]++] = token;
        return new TokenTrie(labels, depths, ends, firstTokens, laid, longest, words);
    }

    private struct Node
    {
        public byte Label;
        public byte Depth;
        public int FirstChild;
        public int Sibling;
    }
}
