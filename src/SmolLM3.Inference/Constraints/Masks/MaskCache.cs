using System.Collections.Concurrent;

namespace SmolLM3.Inference.Constraints;

/// <summary>The masks of all states met so far, over one vocabulary. Those of strings are shared by all schemas.</summary>
internal sealed class MaskCache
{
    // 64 MiB of masks at 128,000 tokens. Only a pattern of thousands of states gets there, and begins anew.
    private const int MostKept = 4096;

    // A token can open no more levels of nesting than it has brackets; with more room than that, room does not matter.
    private readonly int _mostOpened;
    private readonly ConcurrentDictionary<(Rule Rule, int State, int Room), StateMask> _masks = new();
    private readonly MaskCache? _shared;

    /// <summary>The cache of a vocabulary.</summary>
    public MaskCache(IReadOnlyList<(ReadOnlyMemory<byte> Bytes, int Id)> tokens, int words)
    {
        var trie = new TokenTrie(tokens);
        (Trie, Words, Strings, StringTokens) = (trie, words, new StringRules(trie.Longest), new StringTokens(tokens));
        int[] opened = new int[trie.Longest + 1];
        for (int node = 0; node < trie.Count; node++)
        {
            int depth = trie.Depth(node);
            opened[depth + 1] = opened[depth] + (trie.Label(node) is (byte)'[' or (byte)'{' ? 1 : 0);
            _mostOpened = Math.Max(_mostOpened, opened[depth + 1]);
        }
    }

    /// <summary>A cache for one schema's own states, in front of what all schemas share.</summary>
    public MaskCache(MaskCache shared)
    {
        (Trie, Words, Strings, StringTokens) = (shared.Trie, shared.Words, shared.Strings, shared.StringTokens);
        (_mostOpened, _shared) = (shared._mostOpened, shared);
    }

    public TokenTrie Trie { get; }

    public int Words { get; }

    public StringRules Strings { get; }

    private StringTokens StringTokens { get; }

    /// <summary>The mask of a frame's state; <paramref name="deepest"/> is the deepest shortest value of the schema.</summary>
    public StateMask Get(Frame frame, int deepest)
    {
        var (rule, state) = frame.Rule.Canonical(frame.State, Strings);
        int room = rule.Nests ? Math.Min(frame.Room, _mostOpened + deepest) : 0;
        var masks = rule is StringRule && _shared is not null ? _shared._masks : _masks;
        if (masks.TryGetValue((rule, state, room), out StateMask? mask))
            return mask;
        if (masks.Count >= MostKept)
            masks.Clear();
        return masks.GetOrAdd((rule, state, room), Make(rule, state, room));
    }

    private StateMask Make(Rule rule, int state, int room) => rule is StringRule text && StringRule.IsFreshBody(state)
        ? new StringMask(StringTokens, Words, text)
        : new WalkedMask(Trie, Words, rule, state, room);
}
