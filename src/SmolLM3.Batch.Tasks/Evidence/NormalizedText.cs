using System.Text;

namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>
/// A text reduced to what a faithful copy keeps: no whitespace, hyphens or Markdown marks, one kind of quotation mark, ligatures spelled out.
/// Every character knows where it came from.
/// </summary>
internal sealed class NormalizedText
{
    private readonly int[] _offsets;

    public NormalizedText(string text)
    {
        var kept = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            foreach (char c in Reduce(text[i]))
            {
                kept.Append(c);
                offsets.Add(i);
            }
        }

        Text = kept.ToString();
        _offsets = [.. offsets];
    }

    public string Text { get; }

    /// <summary>The range of the original that <paramref name="length"/> characters from <paramref name="start"/> came from.</summary>
    public (int Start, int End) Original(int start, int length) => (_offsets[start], _offsets[start + length - 1] + 1);

    /// <summary>Position in <see cref="Text"/> of the first character that came from <paramref name="offset"/> or later.</summary>
    public int At(int offset)
    {
        int found = Array.BinarySearch(_offsets, offset);
        if (found < 0) return ~found;
        while (found > 0 && _offsets[found - 1] == offset) found--;
        return found;
    }

    private static ReadOnlySpan<char> Reduce(char c) => c switch
    {
        '-' or '\u00AD' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2015' or '\u2212' => "",
        '*' or '_' or '`' or '|' or '#' or '\\' or '\u200B' or '\u200C' or '\u200D' or '\uFEFF' => "",
        '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u2032' => "'",
        '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u00AB' or '\u00BB' or '\u2033' => "\"",
        '\u2026' => "...",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' or 'ﬆ' => "st",
        _ => char.IsWhiteSpace(c) || char.IsControl(c) ? "" : Latin1[c] ?? c.ToString(),
    };

    private static readonly CharacterTable Latin1 = new();

    /// <summary>Spares the common characters a new string each.</summary>
    private sealed class CharacterTable
    {
        private readonly string[] _strings = [.. Enumerable.Range(0, 0x250).Select(c => ((char)c).ToString())];

        public string? this[char c] => c < _strings.Length ? _strings[c] : null;
    }
}
