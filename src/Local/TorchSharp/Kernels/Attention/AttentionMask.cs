using TorchSharp.Kernels;
using static TorchSharp.torch;

namespace TorchSharp.Kernels.Attention;

/// <summary>What a row may attend to: everything, the keys up to its own position, or what a mask says.</summary>
internal unsafe struct AttentionMask
{
    public bool Causal;
    public byte* Flags;
    public float* Biases;
    public long RowStride;
    public long KeyStride;

    /// <summary>Keys from which on the row sees nothing, as far as that is known without looking.</summary>
    public readonly long Visible(long row, long keys) => Causal ? Math.Min(row + 1, keys) : keys;

    /// <summary>Applies the mask to the scores of <paramref name="count"/> keys from <paramref name="firstKey"/> on.</summary>
    public readonly void Apply(float* scores, long offset, long row, long firstKey, int count)
    {
        if (Flags != null)
        {
            var flags = Flags + offset + row * RowStride + firstKey * KeyStride;
            for (var j = 0; j < count; j++)
            {
                if (flags[j * KeyStride] == 0) scores[j] = float.NegativeInfinity;
            }
        }
        else if (Biases != null)
        {
            var biases = Biases + offset + row * RowStride + firstKey * KeyStride;
            for (var j = 0; j < count; j++) scores[j] += biases[j * KeyStride];
        }
        else if (Causal)
        {
            for (var j = (int)Math.Clamp(row + 1 - firstKey, 0, count); j < count; j++) scores[j] = float.NegativeInfinity;
        }
    }
}
