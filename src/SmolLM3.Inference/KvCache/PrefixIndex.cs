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
            _kept.AddFirst(new Entry(sequence.TokenSpan[..chain.Length].ToArray(), sequence.RopeKind, chain));
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

    /// <summary>The chain that holds the longest computed prefix of <paramref name="sequence"/>, short of its last token, and its length.</summary>
    public (KvChain? Donor, int Length) Find(Sequence sequence, IEnumerable<Sequence> running)
    {
        var wanted = sequence.TokenSpan[..^1];
        (KvChain? donor, var length) = (null, 0);
        foreach (var other in running)
        {
            if (other.RopeKind != sequence.RopeKind || other.Chain is null)
                continue;
            var common = wanted.CommonPrefixLength(other.TokenSpan[..other.Computed]);
            if (common > length)
                (donor, length) = (other.Chain, common);
        }
        LinkedListNode<Entry>? hit = null;
        for (var node = _kept.First; node is not null; node = node.Next)
        {
            if (node.Value.RopeKind != sequence.RopeKind)
                continue;
            var common = wanted.CommonPrefixLength(node.Value.Tokens);
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

    private sealed record Entry(int[] Tokens, int RopeKind, KvChain Chain);
}
