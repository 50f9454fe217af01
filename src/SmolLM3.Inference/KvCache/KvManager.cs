using SmolLM3.Inference.Scheduling;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// Gives sequences room in the KV cache: shares prefixes, grows tails, and evicts kept prefixes before it refuses. Slack is an eighth,
/// so that memory stays within 1.25 times the tokens held.
/// </summary>
internal sealed class KvManager(KvPool pool, bool sharing) : IDisposable
{
    /// <summary>Short tails grow by a quarter, up to this.</summary>
    private const int ShortSlack = 16;

    private readonly PrefixIndex _prefixes = new(pool);

    public KvPool Pool => pool;

    public int KeptPrefixes => _prefixes.Kept;

    /// <summary>Starts a sequence's chain with the longest computed prefix there is: whole slabs borrowed, the rest copied.</summary>
    /// <returns>False when there is no room; nothing has changed then but that kept prefixes were evicted.</returns>
    public bool TryAdmit(Sequence sequence, IEnumerable<Sequence> running)
    {
        var chain = new KvChain();
        var (donor, found) = sharing ? _prefixes.Find(sequence, running) : default;
        if (donor is not null)
            Borrow(chain, donor, found, sequence.SlabEnds);
        using var pinned = new PinnedSlabs(pool, donor);
        if (!MakeRoom(CapacityFrom(sequence, chain.Length)))
        {
            pool.Release(chain);
            return false;
        }
        try
        {
            StartTail(sequence, chain, sequence.Tokens.Count);
            if (donor is not null)
                CopyRest(sequence, chain, donor, found);
        }
        catch
        {
            // What was borrowed must not stay borrowed when a device has no memory left.
            pool.Release(chain);
            throw;
        }
        sequence.Chain = chain;
        return true;
    }

    /// <summary>Makes room for the sequence's next tokens.</summary>
    /// <returns>How many of <paramref name="count"/> may be written now: fewer at a slab's end, none when memory is short even after
    /// eviction.</returns>
    public int Extend(Sequence sequence, int count)
    {
        var chain = sequence.Chain!;
        var tail = chain.Tail!;
        if (tail.Room >= count || (tail.IsShareable && tail.Room > 0))
            return Math.Min(count, tail.Room);

        var tokens = Math.Max(chain.Length + count, sequence.Tokens.Count);
        if (tail.IsShareable)
        {
            if (!MakeRoom(NextCapacity(sequence, chain.Length, tokens)))
                return 0;
            StartTail(sequence, chain, tokens);
            return Math.Min(count, chain.Tail!.Room);
        }
        var capacity = Capacity(sequence, chain.SharedLength, tokens);
        if (!MakeRoom(capacity - tail.Capacity))
            return 0;
        pool.Grow(tail, capacity);
        return count;
    }

    /// <summary>A finished sequence's cache stays for others until memory runs short.</summary>
    public void Finish(Sequence sequence)
    {
        if (sharing)
            _prefixes.Keep(sequence);
        else
            Drop(sequence);
    }

    /// <summary>Frees a sequence's cache at once.</summary>
    public void Drop(Sequence sequence)
    {
        pool.Release(sequence.Chain!);
        sequence.Chain = null;
    }

    /// <summary>A running sequence is computing a prefix that <paramref name="sequence"/> can share in a few steps' time.</summary>
    public bool IsPrefixUnderWay(Sequence sequence, IEnumerable<Sequence> running)
    {
        if (!sharing)
            return false;
        var found = _prefixes.Find(sequence, running).Length;
        foreach (var other in running.Where(other => other.Uncomputed > 1))
        {
            var coming = PrefixIndex.Common(sequence, other.TokenSpan, other.RopeKind, other.SlabEnds);
            var known = Math.Max(found, other.Computed);
            // Nearly all of a slab is of no use for borrowing it.
            if (coming - known >= SlabEnds.MinimumLength || sequence.SlabEnds.Any(end => end > known && end <= coming))
                return true;
        }
        return false;
    }

    public void Clear()
    {
        while (_prefixes.Evict())
        {
        }
    }

    public void Dispose()
    {
        Clear();
        pool.Dispose();
    }

    /// <summary>Borrows slabs that end where the sequence's own would.</summary>
    private static void Borrow(KvChain chain, KvChain donor, int length, int[] ends)
    {
        foreach (var (segment, end) in donor.Segments.Zip(ends))
        {
            if (end > length || !segment.Slab.IsShareable || chain.Length + segment.Slab.Capacity != end)
                return;
            chain.Borrow(segment);
        }
    }

    /// <summary>Copies what the borrowed slabs do not hold, through as many slabs as it fills.</summary>
    private void CopyRest(Sequence sequence, KvChain chain, KvChain donor, int length)
    {
        var start = 0;
        foreach (var segment in donor.Segments)
        {
            var end = Math.Min(start + segment.Length, length);
            while (chain.Length < end)
            {
                if (chain.Tail!.Room == 0)
                    StartTail(sequence, chain, sequence.Tokens.Count);
                var count = Math.Min(end - chain.Length, chain.Tail.Room);
                chain.Tail.Append(segment.Slab, chain.Length - start, count);
            }
            start += segment.Length;
        }
    }

    private void StartTail(Sequence sequence, KvChain chain, int tokens)
    {
        var shareable = NextEnd(sequence, chain.Length) is not null;
        chain.StartTail(pool.Allocate(NextCapacity(sequence, chain.Length, tokens), shareable));
    }

    private static int? NextEnd(Sequence sequence, int length)
    {
        foreach (var end in sequence.SlabEnds)
            if (end > length)
                return end;
        return null;
    }

    /// <summary>Capacity of the slab that begins at <paramref name="start"/>.</summary>
    private static int NextCapacity(Sequence sequence, int start, int tokens)
        => NextEnd(sequence, start) is { } end ? end - start : Capacity(sequence, start, tokens);

    /// <summary>Capacity of all slabs from <paramref name="start"/> on.</summary>
    private static int CapacityFrom(Sequence sequence, int start)
    {
        var tail = Math.Max(start, sequence.SlabEnds.LastOrDefault());
        return tail - start + Capacity(sequence, tail, sequence.Tokens.Count);
    }

    /// <summary>Capacity of a tail that starts at <paramref name="before"/>, with slack so that it need not grow at every step.</summary>
    private static int Capacity(Sequence sequence, int before, int tokens)
    {
        var needed = tokens - before;
        return Math.Min(sequence.MaxLength - before, needed + Math.Max(Math.Clamp(needed / 4, 1, ShortSlack), needed / 8));
    }

    private bool MakeRoom(int tokens)
    {
        while (pool.Free < tokens)
            if (!_prefixes.Evict())
                return false;
        return true;
    }
}
