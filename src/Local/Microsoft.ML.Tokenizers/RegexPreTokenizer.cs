using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>Splits by a regular expression, keeping special tokens whole.</summary>
public sealed class RegexPreTokenizer : PreTokenizer
{
    private readonly Regex _regex;
    private readonly Regex? _specialTokensRegex;

    /// <summary>A splitter for a pattern and the special tokens that stand above it.</summary>
    public RegexPreTokenizer(Regex regex, IReadOnlyDictionary<string, int>? specialTokens)
    {
        ArgumentNullException.ThrowIfNull(regex);
        _regex = regex;
        if (specialTokens is { Count: > 0 })
            _specialTokensRegex = new Regex(string.Join("|", specialTokens.Keys.Select(Regex.Escape)), RegexOptions.Compiled);
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
        string.IsNullOrEmpty(text) ? [] : Split(text.AsMemory());

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => text.IsEmpty ? [] : Split(text.ToArray());

    private IEnumerable<(int Offset, int Length)> Split(ReadOnlyMemory<char> text)
    {
        int start = 0;
        while (_specialTokensRegex is not null && TryMatch(_specialTokensRegex, text, start, text.Length, out var special))
        {
            while (TryMatch(_regex, text, start, special.Offset, out var piece))
            {
                yield return piece;
                start = piece.Offset + piece.Length;
            }

            yield return special;
            start = special.Offset + special.Length;
        }

        while (TryMatch(_regex, text, start, text.Length, out var piece))
        {
            yield return piece;
            start = piece.Offset + piece.Length;
        }
    }

    // Matches see only [start, end): a look-ahead at the end of the slice meets the end of the text, as in the package.
    private static bool TryMatch(Regex regex, ReadOnlyMemory<char> text, int start, int end, out (int Offset, int Length) match)
    {
        foreach (ValueMatch found in regex.EnumerateMatches(text.Span[start..end]))
        {
            match = (start + found.Index, found.Length);
            return true;
        }

        match = default;
        return false;
    }
}
