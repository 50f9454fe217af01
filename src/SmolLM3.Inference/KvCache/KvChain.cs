namespace SmolLM3.Inference.KvCache;

/// <summary>
/// A sequence's KV cache: the shared segments that it begins with, then its own growing tail. A sequence that shares nothing is a
/// single slab, and attention runs over it without a copy.
/// </summary>
internal sealed class KvChain
{
    private readonly List<KvSegment> _shared = [];

    /// <summary>Slabs of others that hold the beginning of this sequence.</summary>
    public IReadOnlyList<KvSegment> Shared => _shared;

    /// <summary>The only slab that this chain may write to.</summary>
    public KvSlab? Tail { get; private set; }

    public int SharedLength { get; private set; }

    /// <summary>Tokens held.</summary>
    public int Length => SharedLength + (Tail?.Length ?? 0);

    public bool IsSingleSlab => _shared.Count == 0;

    /// <summary>All segments in order, the tail last.</summary>
    public IEnumerable<KvSegment> Segments => Tail is null ? _shared : _shared.Append(new(Tail, Tail.Length));

    /// <summary>Begins with tokens of a slab that other chains hold too.</summary>
    public void Borrow(KvSegment segment)
    {
        if (Tail is not null)
            throw new InvalidOperationException("A chain borrows its beginning only.");
        segment.Slab.References++;
        Freeze(segment);
    }

    /// <summary>Goes on in a new slab; the tail until now stays as it is.</summary>
    public void StartTail(KvSlab tail)
    {
        if (Tail is { } full)
            Freeze(new(full, full.Length));
        Tail = tail;
    }

    private void Freeze(KvSegment segment)
    {
        _shared.Add(segment);
        SharedLength += segment.Length;
    }

    /// <summary>Forgets the last tokens: proposals that turned out wrong.</summary>
    public void Truncate(int length)
    {
        if (Tail is null || length < SharedLength || length > Length)
            throw new ArgumentOutOfRangeException(
                nameof(length), length, $"A chain of {Length} tokens, {SharedLength} of them shared, cannot end there.");
        Tail.Length = length - SharedLength;
    }
}
