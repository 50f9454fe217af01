using System.Text;

namespace SmolLM3.Batch.Tasks.Evidence;

/// <summary>
/// A text reduced to what a faithful copy keeps: no whitespace, hyphens or Markdown marks, one kind of quotation mark, ligatures spelled
/// out, and accents dropped, for they can be written in two ways. Every character knows where it came from.
/// </summary>
internal sealed class NormalizedText
{
    /// <summary>The letters from À to ſ without their accents.</summary>
    private const string WithoutAccents =
        "AAAAAAÆCEEEEIIIIÐNOOOOO×ØUUUUYÞßaaaaaaæceeeeiiiiðnooooo÷øuuuuyþy"
        + "AaAaAaCcCcCcCcDdĐđEeEeEeEeEeGgGgGgGgHhĦħIiIiIiIiIıĲĳJjKkĸLlLlLlĿŀŁłNnNnNnŉŊŋOoOoOoŒœRrRrRrSsSsSsSsTtTtŦŧUuUuUuUuUuUuWwYyYZzZzZzſ";

    private readonly int[] _offsets;

    /// <param name="text">The text.</param>
    /// <param name="without">Ranges to leave out, in order.</param>
    public NormalizedText(string text, IReadOnlyList<(int Start, int End)>? without = null)
    {
        var kept = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length);
        int next = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (without is not null && next < without.Count && i == without[next].Start)
            {
                i = without[next++].End - 1;
                continue;
            }

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
        >= 'À' and <= 'ſ' => Table[WithoutAccents[c - 'À']]!,
        >= '\u0300' and <= '\u036F' => "",
        _ => Ligature(c) ?? (char.IsWhiteSpace(c) || char.IsControl(c) ? "" : Table[c] ?? c.ToString()),
    };

    /// <summary>The letters that a ligature stands for, or null where it is none.</summary>
    public static string? Ligature(char c) => c switch
    {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' or 'ﬆ' => "st",
        _ => null,
    };

    private static readonly CharacterTable Table = new();

    /// <summary>Spares the common characters a new string each.</summary>
    private sealed class CharacterTable
    {
        private readonly string[] _strings = [.. Enumerable.Range(0, 0x250).Select(c => ((char)c).ToString())];

        public string? this[char c] => c < _strings.Length ? _strings[c] : null;
    }
}
