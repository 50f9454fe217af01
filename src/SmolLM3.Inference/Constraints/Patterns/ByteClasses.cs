namespace SmolLM3.Inference.Constraints;

/// <summary>
/// Bytes that an automaton treats alike in all of its states, but for those after an escape, in which nearly no two letters are alike. A
/// class is named by its least byte.
/// </summary>
internal sealed class ByteClasses : IEquatable<ByteClasses>
{
    /// <summary>The byte that begins an escape.</summary>
    public const byte Escape = (byte)'\\';

    private readonly byte[] _least = new byte[256];
    private readonly bool[] _dead = new bool[256];
    private readonly bool[] _covers;

    /// <param name="next">The automaton's table: 256 entries a state, -1 where it cannot go on; it begins in the first.</param>
    public ByteClasses(ReadOnlySpan<int> next)
    {
        Array.Fill(_dead, true);
        _covers = Covered(next);
        for (int state = 0; state < _covers.Length; state++)
        {
            ReadOnlySpan<int> row = next.Slice(state * 256, 256);
            bool split = false;
            for (int b = 0; b < 256; b++)
            {
                _dead[b] &= row[b] < 0;
                split |= row[b] != row[_least[b]];
            }

            if (split && _covers[state])
                Split(row);
        }
    }

    /// <summary>Whether the classes are right for tokens that begin in a state.</summary>
    public bool Covers(int state) => _covers[state];

    /// <summary>The class of a byte.</summary>
    public byte this[byte of] => _least[of];

    /// <summary>Whether a byte leads on from no state.</summary>
    public bool IsDead(byte of) => _dead[of];

    /// <inheritdoc/>
    public bool Equals(ByteClasses? other) =>
        other is not null && _least.AsSpan().SequenceEqual(other._least) && _dead.AsSpan().SequenceEqual(other._dead);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ByteClasses);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_least);
        return hash.ToHashCode();
    }

    // The states that are reached without an escape.
    private static bool[] Covered(ReadOnlySpan<int> next)
    {
        var covered = new bool[next.Length / 256];
        var open = new Stack<int>([0]);
        covered[0] = true;
        while (open.TryPop(out int state))
        {
            for (int b = 0; b < 256; b++)
            {
                int to = next[state * 256 + b];
                if (to < 0 || b == Escape || covered[to])
                    continue;
                covered[to] = true;
                open.Push(to);
            }
        }

        return covered;
    }

    private void Split(ReadOnlySpan<int> row)
    {
        var made = new Dictionary<(byte Class, int To), byte>();
        for (int b = 0; b < 256; b++)
        {
            if (made.TryGetValue((_least[b], row[b]), out byte least))
                _least[b] = least;
            else
                made[(_least[b], row[b])] = (byte)b;
        }

        // The first of a class names it; a class that was split off had another's name until now.
        foreach (var (_, least) in made)
            _least[least] = least;
    }
}
