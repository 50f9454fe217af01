namespace SmolLM3.Inference.Constraints;

/// <summary>The masks between two characters of a string, where nearly all tokens are allowed, from what is known of each token.</summary>
internal sealed class StringMask : StateMask
{
    private readonly StringTokens _tokens;
    private readonly int _words;
    private readonly int _fewest;
    private readonly int _most;

    public StringMask(StringTokens tokens, int words, StringRule rule)
    {
        (_tokens, _words, _fewest, _most) = (tokens, words, rule.Fewest, rule.Most);
        Whole = Fill(int.MaxValue);
        Beyond = new TokenTrie(tokens.All
            .Where(token => token.Beyond.Length > 0 && token.Characters >= _fewest && token.Characters <= _most)
            .Select(token => (token.Beyond, token.Id)));
    }

    /// <inheritdoc/>
    public override TokenTrie Beyond { get; }

    /// <inheritdoc/>
    protected override ulong[] Whole { get; }

    /// <inheritdoc/>
    protected override int MostGrowth => StringRule.MostBytesToBody;

    /// <inheritdoc/>
    protected override ulong[] Fill(int growth)
    {
        var mask = new ulong[_words];
        foreach (StringTokens.Token token in _tokens.All)
        {
            if (token.Characters > _most)
                continue;
            int lacking = Math.Max(0, _fewest - token.Characters);
            if (token.Closes ? token.Beyond.Length == 0 && lacking == 0 : token.BytesToBody + lacking - _fewest <= growth)
                TokenMask.Set(mask, token.Id);
        }

        return mask;
    }
}
