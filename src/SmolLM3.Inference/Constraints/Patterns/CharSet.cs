namespace SmolLM3.Inference.Constraints;

/// <summary>A set of code points, as sorted ranges that neither touch nor overlap.</summary>
internal sealed class CharSet
{
    public const int Last = 0x10FFFF;

    public static readonly CharSet Digits = new([('0', '9')]);
    public static readonly CharSet Word = new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    // ECMA-262: WhiteSpace and LineTerminator.
    public static readonly CharSet Space = new(
        [(0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
         (0x3000, 0x3000), (0xFEFF, 0xFEFF)]);

    public static readonly CharSet LineEnds = new([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]);
    public static readonly CharSet All = new([(0, Last)]);

    public CharSet(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var (low, high) in ranges.Order())
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, high));
            else
                merged.Add((low, high));
        }

        Ranges = merged;
    }

    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    public CharSet Complement()
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach (var (low, high) in Ranges)
        {
            if (low > next)
                gaps.Add((next, low - 1));
            next = high + 1;
        }

        if (next <= Last)
            gaps.Add((next, Last));
        return new CharSet(gaps);
    }
}
