using System.Collections.Concurrent;

namespace SmolLM3.Inference.Constraints;

/// <summary>The masks of all states met so far. Those of strings, numbers and literals are shared by all schemas. Thread-safe.</summary>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="shared">What all schemas share; null for that itself.</param>
internal sealed class MaskCache(MaskVocabulary vocabulary, MaskCache? shared = null)
{
    // 64 MiB of masks at 128,000 tokens. Only a pattern of thousands of states gets there, and begins anew.
    private const int MostKept = 4096;

    private readonly ConcurrentDictionary<(Rule Rule, int State, int Room), StateMask> _masks = new();

    public MaskVocabulary Vocabulary => vocabulary;

    /// <summary>The mask of a frame's state; <paramref name="deepest"/> is the deepest shortest value of the schema.</summary>
    public StateMask Get(Frame frame, int deepest)
    {
        var (rule, state) = frame.Rule.Canonical(frame.State, vocabulary.Strings);

        // A token can open no more levels of nesting than it has brackets; with more room than that, room does not matter.
        int room = rule.Nests ? Math.Min(frame.Room, vocabulary.MostOpened + deepest) : 0;
        var masks = rule.IsShared && shared is not null ? shared._masks : _masks;
        if (masks.TryGetValue((rule, state, room), out StateMask? mask))
            return mask;
        if (masks.Count >= MostKept)
            masks.Clear();
        return masks.GetOrAdd((rule, state, room), Make(rule, state, room));
    }

    private StateMask Make(Rule rule, int state, int room) => rule switch
    {
        StringRule text when StringRule.IsInside(state) => new StringMask(vocabulary, vocabulary.StringTokens(state), text),
        DfaRule automaton => new DfaMask(vocabulary, automaton.Dfa, state),
        _ => new WalkedMask(vocabulary, rule, state, room),
    };
}
