using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SmolLM3.Batch.Tasks.ContractAnalysis;

/// <summary>Finds a date written out in one of the six languages, or in ISO form. All-numeric dates are ambiguous and left alone.</summary>
internal static partial class DateFinder
{
    private static readonly string[][] MonthNames =
    [
        ["january", "janvier", "enero", "januar", "gennaio", "janeiro", "jan"],
        ["february", "février", "febrero", "februar", "febbraio", "fevereiro", "feb"],
        ["march", "mars", "marzo", "märz", "março", "mar"],
        ["april", "avril", "abril", "aprile", "apr"],
        ["may", "mai", "mayo", "maggio", "maio"],
        ["june", "juin", "junio", "juni", "giugno", "junho", "jun"],
        ["july", "juillet", "julio", "juli", "luglio", "julho", "jul"],
        ["august", "août", "agosto", "aug"],
        ["september", "septembre", "septiembre", "settembre", "setembro", "sep", "sept"],
        ["october", "octobre", "octubre", "oktober", "ottobre", "outubro", "oct"],
        ["november", "novembre", "noviembre", "novembro", "nov"],
        ["december", "décembre", "diciembre", "dezember", "dicembre", "dezembro", "dec"],
    ];

    private static readonly FrozenDictionary<string, int> Months = MonthNames
        .SelectMany((names, index) => names.Select(name => KeyValuePair.Create(name, index + 1)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The date in <paramref name="text"/>, or null where there is none or more than one.</summary>
    public static DateOnly? Single(string text)
    {
        var dates = All(text).Distinct().Take(2).ToList();
        return dates.Count == 1 ? dates[0] : null;
    }

    private static IEnumerable<DateOnly> All(string text)
    {
        foreach (Match match in Iso().Matches(text))
        {
            if (DateOnly.TryParseExact(
                match.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) yield return date;
        }

        foreach (Match match in DayFirst().Matches(text))
        {
            if (Create(match.Groups[3].Value, match.Groups[2].Value, match.Groups[1].Value) is { } date) yield return date;
        }

        foreach (Match match in MonthFirst().Matches(text))
        {
            if (Create(match.Groups[3].Value, match.Groups[1].Value, match.Groups[2].Value) is { } date) yield return date;
        }
    }

    private static DateOnly? Create(string year, string month, string day) =>
        Months.TryGetValue(month, out int monthNumber)
        && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out int yearNumber)
        && int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out int dayNumber)
        && yearNumber is >= 1000 and <= 9999 && dayNumber >= 1 && dayNumber <= DateTime.DaysInMonth(yearNumber, monthNumber)
            ? new DateOnly(yearNumber, monthNumber, dayNumber)
            : null;

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}\b", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(@"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?: day of)?(?: de)? (\p{L}{3,10})\.?,?(?: de)? (\d{4})\b", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex DayFirst();

    [GeneratedRegex(@"\b(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex MonthFirst();
}
