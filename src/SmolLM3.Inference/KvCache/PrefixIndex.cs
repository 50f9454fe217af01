using SmolLM3.Inference.Scheduling;
using System.Runtime.InteropServices;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// Finds computed prefixes to share: in running sequences, and in finished ones whose cache is kept until memory runs short. There
/// are tens of candidates and comparing tokens runs at memory speed, so a scan beats the upkeep of a tree.
/// </summary>
internal sealed class PrefixIndex(KvPool pool)
{
    private readonly LinkedList<Entry> _kept = [];

    public int Kept => _kept.Count;

    /// <summary>Keeps a finished sequence's cache; the index takes over its references.</summary>
    public void Keep(Sequence sequence)
    {
        var chain = sequence.Chain!;
        sequence.Chain = null;
        if (chain.Length == 0)
            pool.Release(chain);
        else
            _kept.AddFirst(new Entry(sequence.TokenSpan[..chain.Length].ToArray(), sequence.RopeKind, sequence.SlabEnds, chain));
    }

    /// <summary>Drops the cache that was not used for longest; false when none is left.</summary>
    public bool Evict()
    {
        if (_kept.Last is not { } last)
            return false;
        _kept.RemoveLast();
        pool.Release(last.Value.Chain);
        return true;
    }

    /// <summary>
    /// The chain that holds the longest computed prefix of <paramref name="sequence"/>, short of its last token, and its length.
    /// </summary>
    public (KvChain? Donor, int Length) Find(Sequence sequence, IEnumerable<Sequence> running)
    {
        (KvChain? donor, var length) = (null, 0);
        foreach (var other in running)
        {
            if (other.Chain is null)
                continue;
            var common = Common(sequence, other.TokenSpan[..other.Computed], other.RopeKind, other.SlabEnds);
            if (common > length)
                (donor, length) = (other.Chain, common);
        }
        LinkedListNode<Entry>? hit = null;
        for (var node = _kept.First; node is not null; node = node.Next)
        {
            var common = Common(sequence, node.Value.Tokens, node.Value.RopeKind, node.Value.SlabEnds);
            if (common > length)
                (donor, length, hit) = (node.Value.Chain, common, node);
        }
        if (hit is not null)
        {
            _kept.Remove(hit);
            _kept.AddFirst(hit);
        }
        return (donor, length);
    }

    /// <summary>
    /// How many of <paramref name="sequence"/>'s tokens, short of its last, have the keys and values that another one's have.
    /// </summary>
    public static int Common(Sequence sequence, ReadOnlySpan<int> tokens, int ropeKind, int[] slabEnds)
        => ropeKind != sequence.RopeKind
            ? 0
            : Math.Min(sequence.TokenSpan[..^1].CommonPrefixLength(tokens), SlabEnds.AlikeUpTo(sequence.SlabEnds, slabEnds));

    private sealed record Entry(int[] Tokens, int RopeKind, int[] SlabEnds, KvChain Chain);
}
