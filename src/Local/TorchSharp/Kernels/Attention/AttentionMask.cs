namespace TorchSharp.Kernels.Attention;

/// <summary>What a row may attend to: everything, the keys up to its own position, or what a mask says.</summary>
internal unsafe struct AttentionMask
{
    public bool Causal;
    public byte* Flags;
    public float* Biases;
    public long RowStride;
    public long KeyStride;

    /// <summary>Whether it adds to scores.</summary>
    public readonly bool IsBias => Biases != null;

    /// <summary>Keys from which on the row sees nothing, as far as that is known without looking.</summary>
    public readonly long Visible(long row, long keys) => Causal ? Math.Min(row + 1, keys) : keys;

    /// <summary>What rows of all heads see of a block of keys.</summary>
    public readonly AttentionSight Look(long offset, long headStride, int heads, long firstRow, int rows, long firstKey, int keys)
    {
        if (Causal) return firstKey + keys <= firstRow + 1 ? AttentionSight.Everything : AttentionSight.Something;
        if (Biases != null) return AttentionSight.Something;
        if (Flags == null) return AttentionSight.Everything;
        if (KeyStride != 1) return AttentionSight.Something;
        var (none, all) = (true, true);
        for (var head = 0; head < (headStride == 0 ? 1 : heads); head++)
        {
            for (var row = 0; row < rows && (none || all); row++)
            {
                var flags = new ReadOnlySpan<byte>(Flags + offset + head * headStride + (firstRow + row) * RowStride + firstKey, keys);
                all &= !flags.Contains((byte)0);
                none &= !flags.ContainsAnyExcept((byte)0);
            }
        }

        return none ? AttentionSight.Nothing : all ? AttentionSight.Everything : AttentionSight.Something;
    }

    /// <summary>
    /// Applies the mask to a row's scores of <paramref name="count"/> keys from <paramref name="firstKey"/> on, which lie
    /// <paramref name="stride"/> apart.
    /// </summary>
    public readonly void Apply(float* scores, int stride, long offset, long row, long firstKey, int count)
    {
        if (Flags != null)
        {
            var flags = Flags + offset + row * RowStride + firstKey * KeyStride;
            for (var j = 0; j < count; j++)
            {
                if (flags[j * KeyStride] == 0) scores[j * stride] = float.NegativeInfinity;
            }
        }
        else if (Biases != null)
        {
            var biases = Biases + offset + row * RowStride + firstKey * KeyStride;
            for (var j = 0; j < count; j++) scores[j * stride] += biases[j * KeyStride];
        }
        else if (Causal)
        {
            for (var j = (int)Math.Clamp(row + 1 - firstKey, 0, count); j < count; j++) scores[j * stride] = float.NegativeInfinity;
        }
    }
}
