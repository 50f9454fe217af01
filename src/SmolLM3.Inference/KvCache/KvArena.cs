using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// All slabs in one allocation a layer, which is taken at once: every sequence's keys lie at some offset from the same address, so that
/// one kernel can read those of all. Slabs stay contiguous; where free room is in pieces, they are moved together.
/// </summary>
internal sealed class KvArena : IKvStore
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly int _capacity;

    // Ascending by start, without overlaps.
    private readonly List<KvSlab> _slabs = [];

    public KvArena(ModelConfig config, ScalarType dtype, Device device, int capacity)
    {
        _capacity = capacity;
        var tensors = new List<Tensor>(2 * config.Layers);
        try
        {
            // Zeros: what no kernel should read must not be a NaN either, which a weight of 0 would not make go away.
            while (tensors.Count < 2 * config.Layers)
                tensors.Add(zeros([capacity, config.KeyValueHeads, config.HeadSize], dtype: dtype, device: device).DetachFromDisposeScope());
        }
        catch (Exception e)
        {
            tensors.ForEach(tensor => tensor.Dispose());
            var bytes = capacity * KvPool.BytesPerToken(config, dtype);
            throw new InvalidOperationException(
                $"A KV cache of {bytes / 1e9:0.0} GB does not fit {device}, which takes all of it at once; lower KvCacheBytes. {e.Message}", e);
        }
        (_keys, _values) = ([.. tensors[..config.Layers]], [.. tensors[config.Layers..]]);
    }

    /// <summary>Times that slabs were moved to join free room.</summary>
    public long Moves { get; private set; }

    /// <summary>[tokens, KV heads, head size].</summary>
    public Tensor Keys(int layer) => _keys[layer];

    /// <summary>[tokens, KV heads, head size].</summary>
    public Tensor Values(int layer) => _values[layer];

    public KvSlab Allocate(int capacity, bool shareable)
    {
        var gap = Smallest(capacity) ?? JoinAtEnd();
        var slab = new KvSlab([], [], 0, shareable);
        Place(slab, gap.Start, capacity);
        _slabs.Insert(gap.Index, slab);
        return slab;
    }

    public void Grow(KvSlab slab, int capacity)
    {
        var index = _slabs.IndexOf(slab);
        if (StartOf(index + 1) - slab.Start < capacity)
        {
            if (Smallest(capacity) is { } gap)
            {
                // Removing it first shifts the gaps behind it by one place.
                _slabs.RemoveAt(index);
                _slabs.Insert(gap.Index > index ? gap.Index - 1 : gap.Index, slab);
                Move(slab, gap.Start);
            }
            else
                JoinAfter(index);
        }
        Place(slab, slab.Start, capacity);
    }

    public void Free(KvSlab slab)
    {
        _slabs.Remove(slab);
        slab.Free();
    }

    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
    }

    /// <summary>The smallest free range that is large enough, and the place in the list of a slab there.</summary>
    private (int Index, int Start)? Smallest(int count)
    {
        (int Index, int Start)? best = null;
        var (length, end) = (int.MaxValue, 0);
        for (var i = 0; i <= _slabs.Count; i++)
        {
            var free = StartOf(i) - end;
            if (free >= count && free < length)
                (best, length) = ((i, end), free);
            if (i < _slabs.Count)
                end = _slabs[i].Start + _slabs[i].Capacity;
        }
        return best;
    }

    private int StartOf(int index) => index < _slabs.Count ? _slabs[index].Start : _capacity;

    private (int Index, int Start) JoinAtEnd() => (_slabs.Count, MoveDown(_slabs.Count));

    /// <summary>Moves the slabs up to and with this one to the beginning, the others to the end.</summary>
    private void JoinAfter(int index)
    {
        MoveDown(index + 1);
        var start = _capacity;
        for (var i = _slabs.Count - 1; i > index; i--)
            Move(_slabs[i], start -= _slabs[i].Capacity);
    }

    /// <returns>The end of the last one moved.</returns>
    private int MoveDown(int count)
    {
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            Move(_slabs[i], start);
            start += _slabs[i].Capacity;
        }
        return start;
    }

    private void Move(KvSlab slab, int start)
    {
        if (start == slab.Start)
            return;
        using var mode = inference_mode();
        foreach (var tensor in _keys.Concat(_values))
        {
            using var scope = NewDisposeScope();
            var from = tensor.narrow(0, slab.Start, slab.Length);
            // A copy onto itself, shifted, has no defined order.
            if (Math.Abs(start - slab.Start) < slab.Length)
                from = from.clone();
            tensor.narrow(0, start, slab.Length).copy_(from);
        }
        Place(slab, start, slab.Capacity);
        Moves++;
    }

    private void Place(KvSlab slab, int start, int capacity)
    {
        Tensor View(Tensor tensor)
        {
            using var range = tensor.narrow(0, start, capacity);
            return range.transpose(0, 1).DetachFromDisposeScope();
        }

        slab.Place(this, start, capacity, [.. _keys.Select(View)], [.. _values.Select(View)]);
    }
}
