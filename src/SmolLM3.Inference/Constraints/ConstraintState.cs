using System.Text;

namespace SmolLM3.Inference.Constraints;

/// <summary>
/// How far one answer has got in its schema. After the prompt, ask for a mask, choose a token that it allows, and hand it in, until
/// <see cref="IsComplete"/>. Not thread-safe; each answer has its own.
/// </summary>
public sealed class ConstraintState
{
    private readonly JsonConstraint _constraint;
    private readonly TrieWalk _walk = new();
    private readonly List<Frame> _around = [];
    private ulong[]? _own;
    private List<Frame> _frames;
    private bool _ended;

    internal ConstraintState(JsonConstraint constraint, List<Frame> frames)
    {
        _constraint = constraint;
        _frames = frames;
    }

    /// <summary>Whether the text so far is a whole value that satisfies the schema: the answer may end here.</summary>
    public bool CanEnd => _ended || _frames.Contains(Frame.End);

    /// <summary>Whether nothing but the end may follow.</summary>
    public bool IsComplete => _ended || (_frames.Count == 1 && _frames[0] == Frame.End);

    /// <summary>
    /// A number of tokens that surely end the value from here; 0 where it may end. It may be a little more than the fewest, for it does not
    /// count on tokens that reach from one value into another.
    /// </summary>
    public int TokensToEnd => _ended ? 0 : _frames.Min(frame => frame.Tokens);

    /// <summary>
    /// Sets the bit of every token that may come next: bit i of the row of words is token i. Where the budget is at least
    /// <see cref="TokensToEnd"/>, there always is one, and after it the budget, less one, is enough again.
    /// </summary>
    /// <param name="mask">At least one bit for each token; set anew as a whole.</param>
    /// <param name="budget">How many tokens may still be written, the end-of-sequence token not counted.</param>
    public void FillMask(Span<ulong> mask, int budget = int.MaxValue)
    {
        if (mask.Length < _constraint.Vocabulary.Words)
            throw new ArgumentException($"The mask has {mask.Length} words; {_constraint.Vocabulary.Words} are needed.", nameof(mask));
        mask.Clear();
        if (CanEnd)
            _constraint.AllowEnd(mask);
        if (_ended || budget <= 0)
            return;
        foreach (Frame frame in _frames)
        {
            if (frame.Rule is not null)
                Allow(frame, mask, budget - 1);
        }
    }

    /// <summary>Goes on by a token.</summary>
    /// <exception cref="InvalidOperationException">The token is not allowed here.</exception>
    public void Accept(int tokenId)
    {
        if (!TryAccept(tokenId))
            throw new InvalidOperationException($"Token {tokenId} is not allowed by the schema here.");
    }

    /// <summary>Goes on by a token, or stays where it is and returns false if the token is not allowed.</summary>
    public bool TryAccept(int tokenId)
    {
        if (CanEnd && _constraint.IsEnd(tokenId))
            return _ended = true;
        ReadOnlySpan<byte> bytes = _ended ? default : _constraint.BytesOf(tokenId);
        List<Frame> frames = Step(_frames, bytes);
        if (bytes.IsEmpty || frames.Count == 0)
            return false;
        _frames = frames;
        return true;
    }

    /// <summary>A copy that goes its own way from here.</summary>
    public ConstraintState Clone() => new(_constraint, _frames) { _ended = _ended };

    // After a token, so many must be enough to end the value.
    private void Allow(Frame frame, Span<ulong> mask, int most)
    {
        if (frame.Keys is not { } keys)
            AllowByState(frame, mask, most);
        else if (keys.Used.Count + 2 >= KeyMemory.MostKeys)
            AllowByTrying(_constraint.Vocabulary.Trie, [frame], mask, most);
        else if (((ObjectRule)frame.Rule).IsInKey(frame.State))
            AllowInKey(frame, keys, mask, most);
        else if (keys.Used.Count == 0)
            AllowByState(frame, mask, most);
        else
            AllowBetweenKeys(frame, keys, mask, most);
    }

    // The state's mask knows nothing of the keys that there are: tokens that write one of them again are taken out. All tokens are tried
    // where one more for the ending would be too much, as a key needs it that cannot end as it is.
    private void AllowBetweenKeys(Frame frame, KeyMemory keys, Span<ulong> mask, int most)
    {
        StateMask state = _constraint.Masks.Get(frame, _constraint.Deepest);
        if (state.IsTight(most - frame.Tokens))
        {
            AllowByTrying(_constraint.Vocabulary.Trie, [frame], mask, most);
            return;
        }

        Span<ulong> own = Own();
        AllowByState(frame, own, most);
        foreach (string used in keys.Used)
        {
            foreach (int token in state.TokensByKey.GetValueOrDefault(used) ?? [])
                TokenMask.Clear(own, token);
        }

        TokenMask.Or(mask[..own.Length], own);
    }

    private void AllowByState(Frame frame, Span<ulong> mask, int most)
    {
        MaskCache masks = _constraint.Masks;
        StateMask state = masks.Get(frame, _constraint.Deepest);
        int tokens = frame.Tokens - (frame.Keys is { IsTaken: true } ? 1 : 0);
        TokenMask.Or(mask[.._constraint.Vocabulary.Words], state.Inside(most - tokens));
        if (state.Beyond.Count == 0)
            return;
        _around.Clear();
        Frame.Open(frame.Parent!, _around);
        _around.Remove(Frame.End);
        if (_around.Count > 0)
            AllowByTrying(state.Beyond, _around, mask, most);
    }

    // Nor does it here: what would end this key as one of them is taken out again, and a token that may end it and write another whole one
    // is tried by itself.
    private void AllowInKey(Frame frame, KeyMemory keys, Span<ulong> mask, int most)
    {
        MaskCache masks = _constraint.Masks;
        Span<ulong> own = Own();
        AllowByState(frame, own, most);
        foreach (string used in keys.Used)
        {
            if (!used.StartsWith(keys.Current, StringComparison.Ordinal))
                continue;
            int node = _constraint.Vocabulary.Trie.Find(Encoding.ASCII.GetBytes(used[keys.Current.Length..]));
            if (node >= 0)
                Try(frame, _constraint.Vocabulary.Trie.TokensAt(node), own, most);
            if (node < 0 && used.Length > keys.Current.Length)
                continue;
            int closed = _constraint.Vocabulary.Trie.Find("\""u8, node);
            if (closed < 0)
                continue;
            foreach (int token in _constraint.Vocabulary.Trie.TokensUnder(closed))
                TokenMask.Clear(own, token);
        }

        Try(frame, masks.Get(frame, _constraint.Deepest).SecondKeyTokens, own, most);
        TokenMask.Or(mask[..own.Length], own);
    }

    private Span<ulong> Own()
    {
        _own ??= new ulong[_constraint.Vocabulary.Words];
        _own.AsSpan().Clear();
        return _own;
    }

    // Takes out the tokens that turn out not to be allowed.
    private void Try(Frame frame, ReadOnlySpan<int> tokens, Span<ulong> mask, int most)
    {
        foreach (int token in tokens)
        {
            if (!TokenMask.Has(mask, token))
                continue;
            TokenMask.Clear(mask, token);
            if (Step([frame], _constraint.BytesOf(token)).Any(after => after.Tokens <= most))
                TokenMask.Set(mask, token);
        }
    }

    private void AllowByTrying(TokenTrie trie, List<Frame> frames, Span<ulong> mask, int most)
    {
        var visitor = new Visitor(trie, mask, most);
        _walk.Run(trie, frames, ref visitor);
    }

    private static List<Frame> Step(List<Frame> frames, ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes)
        {
            var after = new List<Frame>();
            foreach (Frame frame in frames)
                frame.Step(next, after);
            frames = after;
        }

        return frames;
    }

    private readonly ref struct Visitor(TokenTrie trie, Span<ulong> mask, int most) : TrieWalk.IVisitor
    {
        private readonly Span<ulong> _mask = mask;

        public void Visit(int node, List<Frame> frames)
        {
            ReadOnlySpan<int> tokens = trie.TokensAt(node);
            if (tokens.Length > 0)
                VisitLoop(tokens, frames.Min(frame => frame.Tokens));
        }

        public void VisitLoop(ReadOnlySpan<int> tokens, int tokensToEnd)
        {
            if (tokensToEnd > most)
                return;
            foreach (int token in tokens)
                TokenMask.Set(_mask, token);
        }
    }
}
