namespace SmolLM3.Inference.KvCache;

/// <summary>Where slabs lie in memory. Callers have made sure that there is room.</summary>
internal interface IKvStore : IDisposable
{
    KvSlab Allocate(int capacity, bool shareable);

    /// <summary>Gives a slab more room; its tokens stay, though not where they were.</summary>
    void Grow(KvSlab slab, int capacity);

    void Free(KvSlab slab);
}
