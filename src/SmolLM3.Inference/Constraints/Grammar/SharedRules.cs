using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// The rules of values without others inside them, by what they allow: the same object, and so the same masks, in all schemas. Thread-safe.
/// </summary>
internal sealed class SharedRules(TokenTrie trie)
{
    private const int MostKept = 1_024;

    private readonly ConcurrentDictionary<string, DfaRule?> _rules = new(StringComparer.Ordinal);

    /// <summary>One of some values.</summary>
    public DfaRule Literals(JsonNode?[] values) =>
        Get("literals " + new JsonArray([.. values.Select(value => value?.DeepClone())]).ToJsonString(), () =>
    {
        var nfa = new Nfa();
        foreach (JsonNode? literal in values)
            nfa.AddPath(Nfa.Start, JsonText.Write(literal), Nfa.Accept);
        return Dfa.From(nfa, trie);
    })!;

    /// <summary>A string in which a pattern is found; null if there is none of such a length.</summary>
    public DfaRule? Pattern(string pattern, int fewest, int? most) =>
        Get($"pattern {fewest} {most} {pattern}", () => StringPattern.Compile(pattern, fewest, most));

    /// <summary>A number in a range; null if that is empty.</summary>
    public DfaRule? Number(bool integer, (decimal, bool)? low, (decimal, bool)? high) =>
        Get(FormattableString.Invariant($"number {integer} {low} {high}"), () => new NumberRange(integer, low, high).Compile());

    private DfaRule? Get(string key, Func<Dfa?> compile)
    {
        if (_rules.TryGetValue(key, out DfaRule? rule))
            return rule;
        if (_rules.Count >= MostKept)
            _rules.Clear();
        return _rules.GetOrAdd(key, compile() is { } dfa ? new DfaRule(dfa) : null);
    }
}
