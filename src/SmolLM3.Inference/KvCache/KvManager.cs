using SmolLM3.Inference.Scheduling;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// Gives sequences room in the KV cache: shares prefixes, grows tails, and evicts kept prefixes before it refuses. Slack is an eighth,
/// so that memory stays within 1.25 times the tokens held.
/// </summary>
internal sealed class KvManager(KvPool pool, bool sharing)
{
    /// <summary>A shorter prefix is copied: the longer chain would cost more in every step than its memory is worth.</summary>
    internal const int MinimumShared = 256;

    /// <summary>Sequences in the queue that are looked at for a prefix in common; the rest meet it when their turn comes.</summary>
    private const int Lookahead = 64;

    /// <summary>Short tails grow by a quarter, up to this.</summary>
    private const int ShortSlack = 16;

    private readonly PrefixIndex _prefixes = new(pool);

    public KvPool Pool => pool;

    public int KeptPrefixes => _prefixes.Kept;

    /// <summary>Starts a sequence's chain with the longest computed prefix there is.</summary>
    /// <returns>False when there is no room; nothing has changed then but that kept prefixes were evicted.</returns>
    public bool TryAdmit(Sequence sequence, IEnumerable<Sequence> running, IEnumerable<Sequence> waiting)
    {
        var chain = new KvChain();
        var (donor, found) = sharing ? _prefixes.Find(sequence, running) : default;
        if (donor is not null)
            Borrow(chain, donor, found);
        using var pinned = new PinnedSlabs(pool, donor);

        // What others have computed or will ask for, but cannot be borrowed, gets a slab of its own that they can borrow whole.
        var common = sharing ? Math.Max(found, CommonWith(waiting.Take(Lookahead), sequence)) : 0;
        var shareable = common - chain.Length >= MinimumShared ? common - chain.Length : 0;
        var tail = Capacity(sequence, before: chain.Length + shareable, sequence.Tokens.Count);
        if (!MakeRoom(shareable + tail))
        {
            pool.Release(chain);
            return false;
        }
        try
        {
            chain.StartTail(shareable > 0 ? pool.Allocate(shareable, shareable: true) : pool.Allocate(tail));
            if (donor is not null)
                CopyRest(chain, donor, found);
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
    /// <returns>How many of <paramref name="count"/> may be written now: fewer at a slab's end, none when memory is short even after eviction.</returns>
    public int Extend(Sequence sequence, int count)
    {
        var chain = sequence.Chain!;
        var tail = chain.Tail!;
        if (tail.Room >= count || (tail.IsShareable && tail.Room > 0))
            return Math.Min(count, tail.Room);

        var grows = tail is { IsShareable: false, References: 1 };
        var before = grows ? chain.SharedLength : chain.Length;
        var capacity = Capacity(sequence, before, Math.Max(chain.Length + count, sequence.Tokens.Count));
        if (!MakeRoom(grows ? capacity - tail.Capacity : capacity))
            return 0;
        if (grows)
            pool.Grow(tail, capacity);
        else
            chain.StartTail(pool.Allocate(capacity));
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
        return running.Any(other => other.RopeKind == sequence.RopeKind && other.Uncomputed > 1
            && sequence.TokenSpan.CommonPrefixLength(other.TokenSpan) - Math.Max(found, other.Computed) >= MinimumShared);
    }

    public void Clear()
    {
        while (_prefixes.Evict())
        {
        }
    }

    /// <summary>Borrows the donor's slabs as far as nearly all of each is wanted: a slab is freed as a whole only.</summary>
    private static void Borrow(KvChain chain, KvChain donor, int length)
    {
        foreach (var segment in donor.Segments)
        {
            var wanted = Math.Min(segment.Length, length - chain.Length);
            if (wanted < MinimumShared || wanted < segment.Slab.Capacity * 4 / 5)
                return;
            chain.Borrow(new(segment.Slab, wanted));
        }
    }

    private static void CopyRest(KvChain chain, KvChain donor, int length)
    {
        var start = 0;
        foreach (var segment in donor.Segments)
        {
            var from = Math.Clamp(chain.Length - start, 0, segment.Length);
            var to = Math.Min(segment.Length, length - start);
            if (to > from)
                chain.Tail!.Append(segment.Slab, from, to - from);
            start += segment.Length;
        }
    }

    private static int CommonWith(IEnumerable<Sequence> others, Sequence sequence)
    {
        var longest = 0;
        foreach (var other in others)
            if (other != sequence && other.RopeKind == sequence.RopeKind)
                longest = Math.Max(longest, sequence.TokenSpan[..^1].CommonPrefixLength(other.TokenSpan[..^1]));
        return longest;
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
