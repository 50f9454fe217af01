using System.Collections.Concurrent;

namespace SmolLM3.Inference.Constraints;

/// <summary>A vocabulary as masks need it, and what their making has in common whatever the schema. Thread-safe.</summary>
internal sealed class MaskVocabulary
{
    // A few megabytes each at 128,000 tokens.
    private const int MostMerged = 32;

    private readonly IReadOnlyList<(ReadOnlyMemory<byte> Bytes, int Id)> _tokens;
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly Lazy<StringTokens>[] _strings;
    private readonly ConcurrentDictionary<ByteClasses, TokenTrie> _merged = new();
    private readonly RestTries _rests = new();

    /// <param name="tokens">The tokens that may appear in an answer.</param>
    /// <param name="words">How long a mask is.</param>
    public MaskVocabulary(IReadOnlyList<(ReadOnlyMemory<byte> Bytes, int Id)> tokens, int words)
    {
        (_tokens, Words, Trie) = (tokens, words, new TokenTrie(tokens));
        _bytes = new ReadOnlyMemory<byte>[tokens.Count == 0 ? 0 : tokens.Max(token => token.Id) + 1];
        foreach (var (bytes, id) in tokens)
            _bytes[id] = bytes;
        _strings = [.. Enumerable.Range(0, StringRule.OpenPlaces).Select(
            place => new Lazy<StringTokens>(() => new StringTokens(_tokens, words, place)))];
        Strings = new StringRules(Trie.Longest);
        MostOpened = CountBrackets();
    }

    public TokenTrie Trie { get; }

    /// <summary>How many 64-bit words a mask takes.</summary>
    public int Words { get; }

    public StringRules Strings { get; }

    /// <summary>The most brackets that one token opens.</summary>
    public int MostOpened { get; }

    public ReadOnlyMemory<byte> BytesOf(int token) => _bytes[token];

    /// <summary>What tokens do to strings, from a place inside them.</summary>
    public StringTokens StringTokens(int place) => _strings[place].Value;

    /// <summary>The tree of an automaton that tells no more than these classes apart.</summary>
    public TokenTrie Merged(ByteClasses classes)
    {
        if (_merged.TryGetValue(classes, out TokenTrie? merged))
            return merged;
        if (_merged.Count >= MostMerged)
            _merged.Clear();
        return _merged.GetOrAdd(classes, MergedTrie.Of(Trie, classes, Words));
    }

    /// <summary>A tree of what tokens go on with after a value: the same object for the same ones.</summary>
    public TokenTrie Rests(List<(ReadOnlyMemory<byte> Bytes, int Token)> rests) => _rests.Get(rests);

    private int CountBrackets()
    {
        int[] opened = new int[Trie.Longest + 1];
        int most = 0;
        for (int node = 0; node < Trie.Count; node++)
        {
            int depth = Trie.Depth(node);
            opened[depth + 1] = opened[depth] + (Trie.Label(node) is (byte)'[' or (byte)'{' ? 1 : 0);
            most = Math.Max(most, opened[depth + 1]);
        }

        return most;
    }
}
