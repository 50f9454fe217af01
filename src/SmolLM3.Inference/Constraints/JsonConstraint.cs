namespace SmolLM3.Inference.Constraints;

/// <summary>A schema, ready to constrain answers. Thread-safe; masks are worked out when first met, and kept.</summary>
public sealed class JsonConstraint
{
    // System.Text.Json, for one, reads no more than this by default.
    private const int MostNesting = 64;

    private readonly JsonConstraintCompiler _compiler;
    private readonly Alternatives _root;

    internal JsonConstraint(JsonConstraintCompiler compiler, Alternatives root, int deepest)
    {
        _compiler = compiler;
        _root = root;
        Deepest = deepest;
        Masks = new MaskCache(compiler.SharedMasks.Vocabulary, compiler.SharedMasks);
    }

    /// <summary>The budget that an answer must be given at least.</summary>
    public int MinTokens => _root.Tokens;

    internal MaskCache Masks { get; }

    internal MaskVocabulary Vocabulary => Masks.Vocabulary;

    internal int Deepest { get; }

    /// <summary>The state before the first token of an answer.</summary>
    public ConstraintState Start()
    {
        var frames = new List<Frame>();
        foreach (Rule rule in _root.Rules)
        {
            if (rule.Depth <= MostNesting)
                Frame.Open(new Frame(rule, rule.Start, Frame.End, MostNesting - (rule.Nests ? 1 : 0)), frames);
        }

        return new ConstraintState(this, frames);
    }

    internal ReadOnlySpan<byte> BytesOf(int token) => _compiler.BytesOf(token);

    internal bool IsEnd(int token) => _compiler.EndIds.Contains(token);

    internal void AllowEnd(Span<ulong> mask)
    {
        foreach (int id in _compiler.EndIds)
            TokenMask.Set(mask, id);
    }
}
