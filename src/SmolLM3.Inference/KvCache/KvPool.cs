using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>Allocates slabs within a budget of tokens and frees them with their last reference.</summary>
internal sealed class KvPool(IKvStore store, long budget) : IDisposable
{
    private readonly HashSet<KvSlab> _slabs = [];

    /// <summary>Tokens that may be allocated.</summary>
    public long Budget { get; } = budget;

    /// <summary>Tokens allocated, written or not.</summary>
    public long Allocated { get; private set; }

    public long Free => Budget - Allocated;

    /// <summary>Distinct tokens written.</summary>
    public long Held => _slabs.Sum(slab => (long)slab.Length);

    /// <summary>Bytes of keys and values of one token in all layers.</summary>
    public static long BytesPerToken(ModelConfig config, ScalarType dtype)
        => 2L * config.Layers * config.KeyValueHeads * config.HeadSize * (dtype == ScalarType.Float32 ? 4 : 2);

    public KvSlab Allocate(int capacity, bool shareable = false)
    {
        Check(capacity);
        var slab = store.Allocate(capacity, shareable);
        _slabs.Add(slab);
        Allocated += capacity;
        return slab;
    }

    public void Grow(KvSlab slab, int capacity)
    {
        var added = capacity - slab.Capacity;
        Check(added);
        store.Grow(slab, capacity);
        Allocated += added;
    }

    public void Release(KvSlab slab)
    {
        if (--slab.References > 0)
            return;
        Allocated -= slab.Capacity;
        _slabs.Remove(slab);
        store.Free(slab);
    }

    public void Release(KvChain chain)
    {
        foreach (var segment in chain.Shared)
            Release(segment.Slab);
        if (chain.Tail is { } tail)
            Release(tail);
    }

    public void Dispose() => store.Dispose();

    private void Check(int tokens)
    {
        if (tokens > Free)
            throw new InvalidOperationException(
                $"{tokens} tokens of KV cache were asked for with {Free} of {Budget} free; the scheduler must make room first.");
    }
}
