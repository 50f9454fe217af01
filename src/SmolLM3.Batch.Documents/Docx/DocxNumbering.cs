using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace SmolLM3.Batch.Documents.Docx;

/// <summary>Counts automatic numbers as Word shows them: "1.", "2.1", "(a)", "iv.".</summary>
internal sealed class DocxNumbering
{
    private const int Levels = 9;

    private readonly Dictionary<int, int> _abstractOf = [];
    private readonly Dictionary<int, Level[]> _levels = [];
    private readonly Dictionary<int, int[]> _counters = [];

    public DocxNumbering(MainDocumentPart part)
    {
        var numbering = part.NumberingDefinitionsPart?.Numbering;
        foreach (var definition in numbering?.Elements<AbstractNum>() ?? [])
        {
            if (definition.AbstractNumberId?.Value is { } id) _levels.TryAdd(id, [.. definition.Elements<Level>()]);
        }

        foreach (var instance in numbering?.Elements<NumberingInstance>() ?? [])
        {
            if (instance.NumberID?.Value is { } id && instance.AbstractNumId?.Val?.Value is { } definition)
                _abstractOf.TryAdd(id, definition);
        }
    }

    /// <summary>The label of the next paragraph of a list; empty where it has none. Blank paragraphs do not count.</summary>
    public string Label((int List, int Level)? numbering, bool blank, out int level)
    {
        level = (numbering?.Level ?? 0) + 1;
        if (blank || numbering is not { } place || !_abstractOf.TryGetValue(place.List, out int definition)) return "";
        if (!_levels.TryGetValue(definition, out var levels)) return "";
        if (!_counters.TryGetValue(definition, out int[]? counters)) _counters[definition] = counters = new int[Levels];
        var found = Find(levels, place.Level);
        counters[place.Level] = counters[place.Level] == 0 ? Start(found) : counters[place.Level] + 1;
        Array.Clear(counters, place.Level + 1, Levels - place.Level - 1);
        if (found is null || found.NumberingFormat?.Val?.Value is null or NumberFormatValues.Bullet) return "-";
        if (found.NumberingFormat.Val.Value == NumberFormatValues.None) return "";
        return Fill(found.LevelText?.Val?.Value ?? $"%{place.Level + 1}.", levels, counters);
    }

    private static string Fill(string pattern, Level[] levels, int[] counters)
    {
        var label = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '%' && i + 1 < pattern.Length && pattern[i + 1] is >= '1' and <= '9')
            {
                int level = pattern[++i] - '1';
                var found = Find(levels, level);
                label.Append(Format(counters[level] == 0 ? Start(found) : counters[level], found?.NumberingFormat?.Val?.Value));
            }
            else
            {
                label.Append(pattern[i]);
            }
        }

        return label.ToString().Trim();
    }

    private static Level? Find(Level[] levels, int index) => Array.Find(levels, level => level.LevelIndex?.Value == index);

    private static int Start(Level? level) => level?.StartNumberingValue?.Val?.Value ?? 1;

    private static string Format(int number, NumberFormatValues? format) => format switch
    {
        NumberFormatValues.LowerLetter => Letters(number, 'a'),
        NumberFormatValues.UpperLetter => Letters(number, 'A'),
        NumberFormatValues.LowerRoman => Roman(number).ToLowerInvariant(),
        NumberFormatValues.UpperRoman => Roman(number),
        NumberFormatValues.DecimalZero => number.ToString("00", CultureInfo.InvariantCulture),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>a to z, then aa, bb, as Word does.</summary>
    private static string Letters(int number, char first) =>
        number < 1 ? "" : new string((char)(first + ((number - 1) % 26)), Math.Min(20, ((number - 1) / 26) + 1));

    private static string Roman(int number)
    {
        (int Value, string Numeral)[] numerals =
            [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
        var text = new StringBuilder();
        number = Math.Clamp(number, 0, 3999);
        foreach (var (value, numeral) in numerals)
        {
            for (; number >= value; number -= value) text.Append(numeral);
        }

        return text.ToString();
    }
}
