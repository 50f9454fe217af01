using System.Buffers;

namespace SmolLM3.Inference.Tokenization;

/// <summary>Finds added tokens in a text: the leftmost, and the longest of those that begin there.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<string> _contents;
    private readonly AddedToken[] _longestFirst;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Content.Length)];
        _contents = SearchValues.Create([.. _longestFirst.Select(token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>The first added token of a text and where it begins, or null.</summary>
    public AddedToken? Find(ReadOnlySpan<char> text, out int start)
    {
        start = _longestFirst.Length == 0 ? -1 : text.IndexOfAny(_contents);
        if (start < 0)
            return null;
        foreach (AddedToken token in _longestFirst)
        {
            if (text[start..].StartsWith(token.Content, StringComparison.Ordinal))
                return token;
        }

        throw new InvalidOperationException("The search found a token that the list lacks.");
    }
}
