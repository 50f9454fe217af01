namespace SmolLM3.Batch.Pipeline;

/// <summary>
/// Where a walk over one queue's dead letters stands. A letter keeps the number that its message had, so a new one can lie anywhere: the
/// walk goes over all of them, again and again. What it remembers is bounded by the letters that are there.
/// </summary>
internal sealed class DeadLetterRound
{
    private HashSet<long> _thisRound = [];
    private HashSet<long> _lastRound = [];

    /// <summary>Number from which to go on.</summary>
    public long Next { get; private set; }

    /// <summary>Whether a letter was dealt with before; passes it.</summary>
    public bool Pass(long number)
    {
        Next = Math.Max(Next, number + 1);
        if (!_lastRound.Contains(number))
            return _thisRound.Contains(number);
        _thisRound.Add(number);
        return true;
    }

    /// <summary>A letter is dealt with.</summary>
    public void Handled(long number) => _thisRound.Add(number);

    /// <summary>All letters have been passed: from the beginning again, forgetting those that are gone.</summary>
    public void End() => (_lastRound, _thisRound, Next) = (_thisRound, [], 0);
}
