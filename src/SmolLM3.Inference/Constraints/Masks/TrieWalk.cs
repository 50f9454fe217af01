namespace SmolLM3.Inference.Constraints;

/// <summary>Runs frames over all tokens of a tree at once: tokens with a common beginning are stepped through it once.</summary>
internal sealed class TrieWalk
{
    private readonly List<List<Frame>> _at = [];

    /// <summary>What a walk tells of each token that the frames can read.</summary>
    public interface IVisitor
    {
        /// <summary>Called at every node that is reached; false leaves out what is below it.</summary>
        bool Visit(int node, List<Frame> frames);
    }

    /// <summary>Steps frames through a tree and shows a visitor where they have got to.</summary>
    public void Run<TVisitor>(TokenTrie trie, List<Frame> frames, ref TVisitor visitor)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.Depth(node);
            List<Frame> before = depth == 0 ? frames : At(depth - 1);
            List<Frame> after = At(depth);
            after.Clear();
            byte label = trie.Label(node);
            foreach (Frame frame in before)
                frame.Step(label, after);
            node = after.Count > 0 && visitor.Visit(node, after) ? node + 1 : trie.End(node);
        }
    }

    private List<Frame> At(int depth)
    {
        while (_at.Count <= depth)
            _at.Add([]);
        return _at[depth];
    }
}
