using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Turns JSON Schemas (draft 2020-12) into constraints over a vocabulary, and keeps them by the schema's text. Thread-safe.
/// </summary>
public sealed class JsonConstraintCompiler
{
    // With their masks, a few megabytes each.
    private const int MostKept = 64;

    private readonly SmolLM3Tokenizer _tokenizer;
    private readonly SharedRules _rules;
    private readonly ConcurrentDictionary<string, JsonConstraint> _constraints = new(StringComparer.Ordinal);

    /// <param name="tokenizer">The vocabulary. Added tokens never appear in an answer.</param>
    /// <param name="eosIds">The tokens that may end an answer.</param>
    /// <param name="modelVocabulary">How many tokens the model can choose from, where that may be less than the tokenizer has.</param>
    public JsonConstraintCompiler(SmolLM3Tokenizer tokenizer, IReadOnlyList<int> eosIds, int modelVocabulary = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(eosIds);
        _tokenizer = tokenizer;
        EndIds = [.. eosIds];
        int tokens = eosIds.Append(tokenizer.VocabularySize - 1).Max() + 1;
        SharedMasks = new MaskCache(new MaskVocabulary(
            [.. Enumerable.Range(0, Math.Min(tokenizer.VocabularySize, modelVocabulary))
                .Where(id => tokenizer.IsPlain(id) && !EndIds.Contains(id))
                .Select(id => (tokenizer.GetTokenBytes(id), id))],
            TokenMask.Words(tokens)));
        _rules = new SharedRules(SharedMasks.Vocabulary.Trie);
    }

    /// <summary>How many 64-bit words a mask takes.</summary>
    public int MaskWords => SharedMasks.Vocabulary.Words;

    internal int[] EndIds { get; }

    internal MaskCache SharedMasks { get; }

    /// <summary>The constraint of a schema.</summary>
    /// <exception cref="JsonSchemaException">The schema uses a keyword that is not supported, is malformed, or allows nothing.</exception>
    public JsonConstraint Compile(JsonNode schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        string text = TextOf(schema);
        if (_constraints.TryGetValue(text, out JsonConstraint? constraint))
            return constraint;
        var (root, deepest) = new SchemaReader(schema, SharedMasks.Vocabulary.Trie, _rules).Read();
        constraint = new JsonConstraint(this, root, deepest);
        if (_constraints.Count >= MostKept)
            _constraints.Clear();
        return _constraints.GetOrAdd(text, constraint);
    }

    private static string TextOf(JsonNode schema)
    {
        try
        {
            return schema.ToJsonString();
        }
        catch (InvalidOperationException unreadable)
        {
            // Nodes read their text late: half a surrogate pair in a string is found out here.
            throw new JsonSchemaException($"it holds text that is no Unicode. {unreadable.Message}", "", cause: unreadable);
        }
    }

    internal ReadOnlySpan<byte> BytesOf(int token) => _tokenizer.IsPlain(token) ? _tokenizer.GetTokenBytes(token).Span : default;
}
