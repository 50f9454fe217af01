using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>Allocates slabs within a budget of tokens and frees them with their last reference.</summary>
internal sealed class KvPool(ModelConfig config, ScalarType dtype, Device device, long budget)
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
        var tensors = new List<Tensor>(2 * config.Layers);
        try
        {
            while (tensors.Count < 2 * config.Layers)
                tensors.Add(NewLayer(capacity));
        }
        catch
        {
            // A device that is out of memory must get back what it gave.
            tensors.ForEach(tensor => tensor.Dispose());
            throw;
        }
        var slab = new KvSlab([.. tensors[..config.Layers]], [.. tensors[config.Layers..]], capacity, shareable);
        _slabs.Add(slab);
        Allocated += capacity;
        return slab;
    }

    public void Grow(KvSlab slab, int capacity)
    {
        var added = capacity - slab.Capacity;
        Check(added);
        slab.Grow(capacity, NewLayer);
        Allocated += added;
    }

    public void Release(KvSlab slab)
    {
        if (--slab.References > 0)
            return;
        Allocated -= slab.Capacity;
        _slabs.Remove(slab);
        slab.Free();
    }

    public void Release(KvChain chain)
    {
        foreach (var segment in chain.Shared)
            Release(segment.Slab);
        if (chain.Tail is { } tail)
            Release(tail);
    }

    private void Check(int tokens)
    {
        if (tokens > Free)
            throw new InvalidOperationException(
                $"{tokens} tokens of KV cache were asked for with {Free} of {Budget} free; the scheduler must make room first.");
    }

    /// <summary>Slabs outlive the step that allocates them.</summary>
    private Tensor NewLayer(int capacity)
        => empty([config.KeyValueHeads, capacity, config.HeadSize], dtype: dtype, device: device).DetachFromDisposeScope();
}
