using System.Collections.Concurrent;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// String rules by what is left of their limits, so that all strings of all schemas share their masks. What is left counts only as far as
/// one token can reach.
/// </summary>
internal sealed class StringRules(int longestToken)
{
    private readonly ConcurrentDictionary<(int Fewest, int Most), StringRule> _rules = new();

    /// <summary>The rule of a string that must still get so many characters, and may get so many.</summary>
    public StringRule Get(int fewest, int most)
    {
        var key = (Math.Min(fewest, longestToken + 1), most > longestToken ? int.MaxValue : most);
        return _rules.TryGetValue(key, out StringRule? rule)
            ? rule
            : _rules.GetOrAdd(key, limits => new StringRule(limits.Fewest, limits.Most == int.MaxValue ? null : limits.Most));
    }
}
