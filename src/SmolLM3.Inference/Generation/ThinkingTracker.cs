using SmolLM3.Inference.Tokenization;

namespace SmolLM3.Inference.Generation;

/// <summary>Where a completion stands with respect to its thinking trace, and which token must come next because of it.</summary>
internal sealed class ThinkingTracker
{
    /// <summary>Tokens that open and close a trace.</summary>
    public const int Marks = 2;

    private readonly int _open;
    private readonly int? _budget;
    private readonly int _reserve;
    private bool _mustOpen;
    private int _thought;

    /// <param name="tokenizer">Knows the marks.</param>
    /// <param name="request">Asks for thinking, or its prompt has opened it.</param>
    /// <param name="reserve">Tokens that the answer needs at least.</param>
    public ThinkingTracker(SmolLM3Tokenizer? tokenizer, GenerationRequest request, int reserve)
    {
        _reserve = reserve;
        Close = Find(tokenizer, "</think>");
        _open = Close >= 0 ? Find(tokenizer, "<think>") : -1;
        _budget = request.ThinkingBudget;
        if (request.Thinking && _open < 0)
            throw new ArgumentException(
                "The request asks for thinking, but the checkpoint's tokenizer has no <think> and </think>.", nameof(request));
        var lastOpen = LastIndex(request.Prompt, _open);
        IsThinking = lastOpen >= 0 && lastOpen > LastIndex(request.Prompt, Close);
        _mustOpen = request.Thinking && !IsThinking;
    }

    /// <summary>The mark that ends a trace; -1 where the vocabulary has none.</summary>
    public int Close { get; }

    /// <summary>Between the two marks, or about to be.</summary>
    public bool IsThinking { get; private set; }

    public bool HasTrace { get; private set; }

    /// <summary>The trace is still to come or under way: constraints and stop strings do not hold yet.</summary>
    public bool BeforeAnswer => IsThinking || _mustOpen;

    /// <summary>The token that must come next, or null where the model is free to choose.</summary>
    /// <param name="left">Tokens that may still be generated.</param>
    public int? Forced(int left)
    {
        if (_mustOpen)
            return _open;
        return IsThinking && (_thought >= _budget || (_reserve > 0 && left <= _reserve + 1)) ? Close : null;
    }

    /// <summary>Whether the token was one of the marks, which belong to neither trace nor answer.</summary>
    public bool Accept(int token)
    {
        if (token == _open && !IsThinking && token >= 0)
        {
            (_mustOpen, IsThinking, HasTrace) = (false, true, true);
            return true;
        }
        if (!IsThinking)
            return false;
        HasTrace = true;
        if (token == Close)
        {
            IsThinking = false;
            return true;
        }
        _thought++;
        return false;
    }

    private static int Find(SmolLM3Tokenizer? tokenizer, string token) =>
        tokenizer is not null && tokenizer.TryGetId(token, out var id) ? id : -1;

    private static int LastIndex(IReadOnlyList<int> tokens, int wanted)
    {
        for (var i = tokens.Count - 1; i >= 0 && wanted >= 0; i--)
            if (tokens[i] == wanted)
                return i;
        return -1;
    }
}
