namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Tokens that are always allowed together. Many of them are kept as a mask, few by their numbers: whichever is added faster.
/// </summary>
internal sealed class TokenSet
{
    // A word of a mask is added in about a quarter of the time of a single token.
    private const int WordsToAToken = 4;

    private readonly int[] _tokens;
    private readonly ulong[]? _mask;

    public TokenSet(ReadOnlySpan<int> tokens, int words)
    {
        if (tokens.Length <= words / WordsToAToken)
        {
            _tokens = [.. tokens];
            return;
        }

        _tokens = [];
        _mask = new ulong[words];
        foreach (int token in tokens)
            TokenMask.Set(_mask, token);
    }

    public void AddTo(Span<ulong> mask)
    {
        if (_mask is not null)
            TokenMask.Or(mask, _mask);
        foreach (int token in _tokens)
            TokenMask.Set(mask, token);
    }
}
