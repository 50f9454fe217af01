using System.Text;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Runs frames over all tokens of a tree at once: tokens with a common beginning are stepped through it once, and where a frame stays as it
/// is over most bytes, as in a string or a made-up key, only the nodes at which it is left are stepped through.
/// </summary>
internal sealed class TrieWalk
{
    private readonly List<List<Frame>> _at = [];

    /// <summary>What a walk tells of the tokens that the frames can read.</summary>
    public interface IVisitor
    {
        /// <summary>Called at every node that is reached, in the order of the tree, but for those of loops.</summary>
        void Visit(int node, List<Frame> frames);

        /// <summary>Called with all tokens that end in part of a loop: so many more tokens surely end the value after them.</summary>
        void VisitLoop(ReadOnlySpan<int> tokens, int tokensToEnd);
    }

    /// <summary>Steps frames through a tree and shows a visitor where they have got to.</summary>
    public void Run<TVisitor>(TokenTrie trie, List<Frame> frames, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct => Below(trie, -1, frames, ref visitor);

    // All nodes below one, at which the frames are; -1 is the root.
    private void Below<TVisitor>(TokenTrie trie, int parent, List<Frame> frames, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        int end = parent < 0 ? trie.Count : trie.End(parent);
        if (frames.Count == 1 && parent + 1 < end && frames[0].Loop is { } loop)
        {
            Loop(trie, parent, frames[0], loop, ref visitor);
            return;
        }

        for (int node = parent + 1; node < end; node = trie.End(node))
            Enter(trie, node, frames, ref visitor);
    }

    private void Enter<TVisitor>(TokenTrie trie, int node, List<Frame> before, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        List<Frame> after = At(trie.Depth(node));
        after.Clear();
        foreach (Frame frame in before)
            frame.Step(trie.Label(node), after);
        if (after.Count == 0)
            return;
        visitor.Visit(node, after);
        Below(trie, node, after, ref visitor);
    }

    private void Loop<TVisitor>(TokenTrie trie, int parent, Frame frame, bool[] loop, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        int end = parent < 0 ? trie.Count : trie.End(parent);
        int from = parent < 0 ? 0 : trie.Depth(parent) + 1;
        HashSet<int>? taken = Taken(trie, parent, frame);
        int tokensToEnd = frame.Tokens - (frame.Keys is { IsTaken: true } ? 1 : 0);
        for (int node = parent + 1; node < end;)
        {
            int first = node;
            while (node < end && loop[trie.Label(node)] && taken?.Contains(node) != true)
                node++;
            visitor.VisitLoop(trie.TokensBetween(first, node), tokensToEnd);
            if (node >= end)
                return;
            if (loop[trie.Label(node)])
            {
                visitor.VisitLoop(trie.TokensAt(node), tokensToEnd + 1);
                node++;
                continue;
            }

            if (frame.Rule.Step(frame.State, trie.Label(node)) < 0)
            {
                node = trie.End(node);
                continue;
            }

            int depth = trie.Depth(node);
            List<Frame> after = At(depth);
            after.Clear();
            frame.After(trie.Path(node)[from..depth]).Step(trie.Label(node), after);
            if (after.Count > 0)
            {
                visitor.Visit(node, after);
                Below(trie, node, after, ref visitor);
            }

            node = trie.End(node);
        }
    }

    // Where the key at hand is one that there is already: it takes one token more to end.
    private static HashSet<int>? Taken(TokenTrie trie, int parent, Frame frame)
    {
        HashSet<int>? taken = null;
        foreach (string used in frame.Keys?.Used ?? [])
        {
            if (used.Length <= frame.Keys!.Current.Length || !used.StartsWith(frame.Keys.Current, StringComparison.Ordinal))
                continue;
            int node = trie.Find(Encoding.ASCII.GetBytes(used[frame.Keys.Current.Length..]), parent);
            if (node >= 0)
                (taken ??= []).Add(node);
        }

        return taken;
    }

    private List<Frame> At(int depth)
    {
        while (_at.Count <= depth)
            _at.Add([]);
        return _at[depth];
    }
}
