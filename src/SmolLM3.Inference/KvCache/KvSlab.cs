using static TorchSharp.torch;

namespace SmolLM3.Inference.KvCache;

/// <summary>
/// Keys and values of a run of consecutive tokens in every layer, each [KV heads, capacity, head size]. Tokens once written never
/// change, so that several sequences can refer to a slab; it is freed with the last reference.
/// </summary>
internal sealed class KvSlab
{
    // Of a slab in an arena made when they are first asked for: most are moved and freed without.
    private Tensor[]? _keys;
    private Tensor[]? _values;

    /// <summary>A slab that has tensors of its own.</summary>
    public KvSlab(Tensor[] keys, Tensor[] values, int capacity, bool isShareable)
        => (_keys, _values, Capacity, IsShareable) = (keys, values, capacity, isShareable);

    /// <summary>A slab whose tokens lie in an arena.</summary>
    public KvSlab(KvArena arena, int start, int capacity, bool isShareable)
        => (Arena, Start, Capacity, IsShareable) = (arena, start, capacity, isShareable);

    /// <summary>Where its tokens lie; null for a slab that has tensors of its own.</summary>
    public KvArena? Arena { get; }

    /// <summary>The first token's place in <see cref="Arena"/>.</summary>
    public int Start { get; private set; }

    public int Capacity { get; private set; }

    /// <summary>Tokens written.</summary>
    public int Length { get; set; }

    public int Room => Capacity - Length;

    public int End => Start + Capacity;

    /// <summary>Made to the size of a prefix that other sequences may want: never grows.</summary>
    public bool IsShareable { get; }

    public int References { get; set; } = 1;

    public Tensor Keys(int layer) => (_keys ??= Arena!.KeysOf(this))[layer];

    public Tensor Values(int layer) => (_values ??= Arena!.ValuesOf(this))[layer];

    /// <summary>Appends a copy of another slab's tokens.</summary>
    public void Append(KvSlab other, int start, int count)
    {
        if (Arena is { } arena)
            arena.Copy(other.Start + start, Start + Length, count);
        else
        {
            Copy(other._keys!, start, _keys!, Length, count);
            Copy(other._values!, start, _values!, Length, count);
        }
        Length += count;
    }

    /// <summary>Its tokens are at another place of the arena now, or it has more of the arena.</summary>
    public void Place(int start, int capacity)
    {
        Free();
        (Start, Capacity) = (start, capacity);
    }

    /// <summary>Moves to larger tensors, layer by layer, so that no more than one layer is held twice.</summary>
    public void Grow(int capacity, Func<int, Tensor> allocate)
    {
        foreach (var tensors in (Tensor[][])[_keys!, _values!])
        {
            for (var layer = 0; layer < tensors.Length; layer++)
            {
                var larger = allocate(capacity);
                try
                {
                    Copy([tensors[layer]], 0, [larger], 0, Length);
                }
                catch
                {
                    larger.Dispose();
                    throw;
                }
                tensors[layer].Dispose();
                tensors[layer] = larger;
            }
        }
        Capacity = capacity;
    }

    public void Free()
    {
        foreach (var tensor in (_keys ?? []).Concat(_values ?? []))
            tensor.Dispose();
        (_keys, _values) = (null, null);
    }

    private static void Copy(Tensor[] from, int start, Tensor[] to, int at, int count)
    {
        for (var layer = 0; layer < from.Length; layer++)
        {
            using var source = from[layer].narrow(1, start, count);
            using var target = to[layer].narrow(1, at, count);
            target.copy_(source);
        }
    }
}
