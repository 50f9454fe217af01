namespace SmolLM3.Inference.Constraints;

/// <summary>A set of tokens, a bit each.</summary>
internal static class TokenMask
{
    public static int Words(int tokens) => (tokens + 63) / 64;

    public static void Set(Span<ulong> mask, int token) => mask[token >> 6] |= 1UL << (token & 63);

    public static void Clear(Span<ulong> mask, int token) => mask[token >> 6] &= ~(1UL << (token & 63));

    public static bool Has(ReadOnlySpan<ulong> mask, int token) => (mask[token >> 6] >> (token & 63) & 1) != 0;

    public static void Or(Span<ulong> mask, ReadOnlySpan<ulong> other) =>
        System.Numerics.Tensors.TensorPrimitives.BitwiseOr(mask, other, mask);
}
