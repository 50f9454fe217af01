using System.Runtime.Intrinsics;

namespace TorchSharp.Kernels.Attention;

/// <summary>
/// What attention over some keys gives for each row: weighted values, not divided yet, the greatest score and the sum of weights.
/// </summary>
internal readonly unsafe struct AttentionSums(float* at, int rows, int valueSize)
{
    private const int Lanes = 16;

    /// <summary>Floats that so many rows take.</summary>
    public static long Floats(int rows, int valueSize) => (long)Padded(rows) * (valueSize + 2);

    public int ValueSize => valueSize;

    public float* Outputs => at;

    public float* Maxima => at + (long)Padded(rows) * valueSize;

    public float* Sums => Maxima + Padded(rows);

    /// <summary>No keys yet.</summary>
    public void Clear()
    {
        new Span<float>(Outputs, Padded(rows) * valueSize).Clear();
        new Span<float>(Maxima, Padded(rows)).Fill(float.NegativeInfinity);
        new Span<float>(Sums, Padded(rows)).Clear();
    }

    /// <summary>Takes in what further keys gave.</summary>
    public void Add(AttentionSums more)
    {
        for (var row = 0; row < rows; row++)
        {
            // Rows that see none of the keys change nothing, and what comes first stays as it is.
            if (float.IsNegativeInfinity(more.Maxima[row])) continue;
            var to = Outputs + (long)row * valueSize;
            var from = more.Outputs + (long)row * valueSize;
            if (float.IsNegativeInfinity(Maxima[row]))
            {
                new ReadOnlySpan<float>(from, valueSize).CopyTo(new Span<float>(to, valueSize));
                (Maxima[row], Sums[row]) = (more.Maxima[row], more.Sums[row]);
                continue;
            }

            var maximum = MathF.Max(Maxima[row], more.Maxima[row]);
            var own = VectorMath.Exp(Vector512.Create(Maxima[row] - maximum));
            var others = VectorMath.Exp(Vector512.Create(more.Maxima[row] - maximum));
            Sums[row] = Sums[row] * own.ToScalar() + more.Sums[row] * others.ToScalar();
            Maxima[row] = maximum;
            for (var d = 0; d < valueSize; d += Lanes) (Vector512.Load(to + d) * own + Vector512.Load(from + d) * others).Store(to + d);
        }
    }

    private static int Padded(int rows) => (rows + Lanes - 1) / Lanes * Lanes;
}
