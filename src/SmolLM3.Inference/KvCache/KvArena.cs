using TorchSharp;
using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// All slabs in one allocation, which is taken at once: in a layer every sequence's keys lie at some offset from the same address, so that
/// one kernel can read those of all. Slabs stay contiguous; where free room is in pieces, as few tokens as possible are moved to join it.
/// </summary>
internal sealed class KvArena : IKvStore
{
    /// <summary>Most bytes that a move onto itself holds twice.</summary>
    private const long CopiedAtOnce = 256L << 20;

    // [keys of all layers, then values of all layers, tokens, KV heads, head size]
    private readonly Tensor _all;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly int _capacity;

    // Ascending by start, without overlaps.
    private readonly List<KvSlab> _slabs = [];

    /// <exception cref="InvalidOperationException">The device has no room for it.</exception>
    public KvArena(ModelConfig config, ScalarType dtype, Device device, int capacity)
    {
        _capacity = capacity;
        long[] shape = [2 * config.Layers, capacity, config.KeyValueHeads, config.HeadSize];
        try
        {
            // Zeros: what no kernel should read must not be a NaN either, which a weight of 0 would not make go away.
            _all = zeros(shape, dtype: dtype, device: device).DetachFromDisposeScope();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"A KV cache of {capacity * KvPool.BytesPerToken(config, dtype) / 1e9:0.0} GB does not fit {device}, which takes all of it "
                + $"at once; lower KvCacheBytes. {e.Message}",
                e);
        }
        _keys = [.. Enumerable.Range(0, config.Layers).Select(layer => _all.select(0, layer).DetachFromDisposeScope())];
        _values = [.. Enumerable.Range(config.Layers, config.Layers).Select(layer => _all.select(0, layer).DetachFromDisposeScope())];
    }

    /// <summary>Tokens that were moved to join free room.</summary>
    public long MovedTokens { get; private set; }

    /// <summary>[tokens, KV heads, head size].</summary>
    public Tensor Keys(int layer) => _keys[layer];

    /// <summary>[tokens, KV heads, head size].</summary>
    public Tensor Values(int layer) => _values[layer];

    public KvSlab Allocate(int capacity, bool shareable)
    {
        var window = Cheapest(capacity, holeAt: null);
        Join(window, window.Last);
        var slab = new KvSlab(this, EndBefore(window.Last), capacity, shareable);
        _slabs.Insert(window.Last, slab);
        return slab;
    }

    public void Grow(KvSlab slab, int capacity)
    {
        var index = _slabs.IndexOf(slab);
        var here = Cheapest(capacity - slab.Capacity, holeAt: index + 1);
        if (here.Moved > slab.Length && Hole(capacity) is { } hole)
        {
            MoveTo(slab, EndBefore(hole));
            _slabs.RemoveAt(index);
            _slabs.Insert(hole > index ? hole - 1 : hole, slab);
        }
        else
            Join(here, index + 1);
        slab.Place(slab.Start, capacity);
    }

    public void Free(KvSlab slab)
    {
        _slabs.Remove(slab);
        slab.Free();
    }

    /// <summary>Copies tokens of all layers from one place to another.</summary>
    public void Copy(int from, int to, int count)
    {
        using var mode = inference_mode();
        // A copy onto itself, shifted, has no defined order.
        var overlaps = Math.Abs(from - to) < count;
        var most = overlaps ? Math.Max(1, CopiedAtOnce / (count * _keys[0].stride(0) * _all.ElementSize)) : _all.shape[0];
        for (long first = 0; first < _all.shape[0]; first += most)
        {
            using var scope = NewDisposeScope();
            var part = _all.narrow(0, first, Math.Min(most, _all.shape[0] - first));
            var source = part.narrow(1, from, count);
            part.narrow(1, to, count).copy_(overlaps ? source.clone() : source);
        }
    }

    /// <summary>A slab's keys by layer, [KV heads, capacity, head size].</summary>
    public Tensor[] KeysOf(KvSlab slab) => [.. _keys.Select(tensor => View(tensor, slab))];

    /// <summary>A slab's values by layer, [KV heads, capacity, head size].</summary>
    public Tensor[] ValuesOf(KvSlab slab) => [.. _values.Select(tensor => View(tensor, slab))];

    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
            tensor.Dispose();
        _all.Dispose();
    }

    private static Tensor View(Tensor tensor, KvSlab slab)
    {
        using var range = tensor.narrow(0, slab.Start, slab.Capacity);
        return range.transpose(0, 1).DetachFromDisposeScope();
    }

    private int EndBefore(int gap) => gap == 0 ? 0 : _slabs[gap - 1].End;

    private int StartAfter(int gap) => gap == _slabs.Count ? _capacity : _slabs[gap].Start;

    /// <summary>The smallest gap of at least that size; gap i lies before slab i.</summary>
    private int? Hole(int count)
    {
        (int? hole, var length) = (null, int.MaxValue);
        for (var gap = 0; gap <= _slabs.Count; gap++)
        {
            var free = StartAfter(gap) - EndBefore(gap);
            if (free >= count && free < length)
                (hole, length) = (gap, free);
        }
        return hole;
    }

    /// <summary>
    /// The gaps that make a hole of that size with the fewest tokens moved between them, and of those with the least left over.
    /// </summary>
    private Window Cheapest(int count, int? holeAt)
    {
        Window? best = null;
        for (var first = 0; first <= (holeAt ?? _slabs.Count); first++)
        {
            var (free, moved) = (0, 0);
            for (var last = first; last <= _slabs.Count && moved <= (best?.Moved ?? int.MaxValue); last++)
            {
                free += StartAfter(last) - EndBefore(last);
                if (free >= count && last >= (holeAt ?? first))
                {
                    if (best is null || moved < best.Value.Moved || free < best.Value.Free)
                        best = new(first, last, moved, free);
                    break;
                }
                if (last < _slabs.Count)
                    moved += _slabs[last].Length;
            }
        }
        return best ?? throw new InvalidOperationException($"The KV cache's {_capacity} tokens have no room for {count} more.");
    }

    /// <summary>Joins a window's gaps in the one at <paramref name="hole"/>: slabs before it move down, slabs behind it up.</summary>
    private void Join(Window window, int hole)
    {
        for (var i = window.First; i < hole; i++)
            MoveTo(_slabs[i], EndBefore(i));
        for (var i = window.Last - 1; i >= hole; i--)
            MoveTo(_slabs[i], StartAfter(i + 1) - _slabs[i].Capacity);
    }

    private void MoveTo(KvSlab slab, int start)
    {
        if (start == slab.Start)
            return;
        if (slab.Length > 0)
            Copy(slab.Start, start, slab.Length);
        MovedTokens += slab.Length;
        slab.Place(start, slab.Capacity);
    }

    /// <summary>Gaps from <paramref name="First"/> to <paramref name="Last"/> and the slabs between them.</summary>
    private readonly record struct Window(int First, int Last, int Moved, int Free);
}
