namespace SmolLM3.Inference.KvCache;

/// <summary>Keeps a chain's slabs while something is copied from them, though the prefix itself may be evicted to make room.</summary>
internal sealed class PinnedSlabs : IDisposable
{
    private readonly KvPool _pool;
    private readonly KvSlab[] _slabs;

    public PinnedSlabs(KvPool pool, KvChain? chain)
    {
        _pool = pool;
        _slabs = chain is null ? [] : [.. chain.Segments.Select(segment => segment.Slab)];
        foreach (var slab in _slabs)
            slab.References++;
    }

    public void Dispose()
    {
        foreach (var slab in _slabs)
            _pool.Release(slab);
    }
}
