namespace SmolLM3.Inference.Speculation;

/// <summary>
/// Where each run of three tokens last occurred in one sequence, extended as it grows, and whether guessing has paid there.
/// </summary>
internal sealed class NGramIndex
{
    private const int Length = 3;

    /// <summary>A verified row costs a fraction of a step; below this share of right guesses it costs more than it saves.</summary>
    private const double WorthwhileShare = 0.25;

    /// <summary>Guesses in hand before the share is judged, so that a few bad ones do not end it.</summary>
    private const double Prior = 8;

    /// <summary>Tokens without guesses before another try.</summary>
    private const int Pause = 64;

    private readonly Dictionary<(int, int, int), int> _lastEnd = [];
    private int _indexed = Length - 1;
    private double _proposed = Prior;
    private double _accepted = Prior;
    private int _pausedUntil;

    public ReadOnlyMemory<int> Propose(IReadOnlyList<int> tokens, int limit)
    {
        // The last run itself is looked up before it is entered, or it would find itself.
        for (; _indexed < tokens.Count - 1; _indexed++)
            _lastEnd[Key(tokens, _indexed)] = _indexed + 1;
        if (tokens.Count <= Length || tokens.Count < _pausedUntil || !_lastEnd.TryGetValue(Key(tokens, tokens.Count - 1), out var next))
            return default;
        var proposal = new int[Math.Min(limit, tokens.Count - next)];
        for (var i = 0; i < proposal.Length; i++)
            proposal[i] = tokens[next + i];
        return proposal;
    }

    /// <summary>Recent guesses count most: the sums halve as they grow.</summary>
    public void Verified(int proposed, int accepted, int length)
    {
        (_proposed, _accepted) = (_proposed + proposed, _accepted + accepted);
        if (_accepted < WorthwhileShare * _proposed)
        {
            _pausedUntil = length + Pause;
            (_proposed, _accepted) = (Prior, Prior);
        }
        else if (_proposed > 8 * Prior)
        {
            (_proposed, _accepted) = (_proposed / 2, _accepted / 2);
        }
    }

    private static (int, int, int) Key(IReadOnlyList<int> tokens, int last) => (tokens[last - 2], tokens[last - 1], tokens[last]);
}
