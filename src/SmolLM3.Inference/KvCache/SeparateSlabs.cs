using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>Every slab in tensors of its own: memory is taken as it is used, and a head's keys are one dense matrix.</summary>
internal sealed class SeparateSlabs(ModelConfig config, ScalarType dtype, Device device) : IKvStore
{
    public KvSlab Allocate(int capacity, bool shareable)
    {
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
        return new([.. tensors[..config.Layers]], [.. tensors[config.Layers..]], capacity, shareable);
    }

    public void Grow(KvSlab slab, int capacity) => slab.Grow(capacity, NewLayer);

    public void Free(KvSlab slab) => slab.Free();

    public void Dispose()
    {
    }

    /// <summary>Slabs outlive the step that allocates them.</summary>
    private Tensor NewLayer(int capacity)
        => empty([config.KeyValueHeads, capacity, config.HeadSize], dtype: dtype, device: device).DetachFromDisposeScope();
}
