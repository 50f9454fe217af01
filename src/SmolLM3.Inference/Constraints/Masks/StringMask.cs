namespace SmolLM3.Inference.Constraints;

/// <summary>The masks inside a string, where nearly all tokens are allowed, from what is known of groups of tokens.</summary>
internal sealed class StringMask : StateMask
{
    private readonly StringTokens _tokens;
    private readonly int _words;
    private readonly int _fewest;
    private readonly int _most;

    public StringMask(MaskVocabulary vocabulary, StringTokens tokens, StringRule rule)
    {
        (_tokens, _words, _fewest, _most) = (tokens, vocabulary.Words, rule.Fewest, rule.Most);
        Whole = Fill(int.MaxValue);
        Beyond = vocabulary.Rests([.. tokens.Beyond
            .Where(token => token.Characters >= _fewest && token.Characters <= _most)
            .Select(token => (token.Rest, token.Id))]);
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
        foreach (StringTokens.Group group in _tokens.Groups)
        {
            if (group.Characters > _most)
                continue;
            int lacking = Math.Max(0, _fewest - group.Characters);
            if (group.Closes ? lacking == 0 : group.BytesToBody - _tokens.BytesToBody + lacking - _fewest <= growth)
                group.Tokens.AddTo(mask);
        }

        return mask;
    }
}
