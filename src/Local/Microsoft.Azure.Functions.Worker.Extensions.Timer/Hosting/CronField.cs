using System.Globalization;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>One field: <c>*</c>, <c>5</c>, <c>MON-FRI</c>, <c>*/10</c>, <c>10-40/5</c>, or several of these with commas between.</summary>
internal readonly struct CronField
{
    private readonly ulong _values;

    private CronField(ulong values) => _values = values;

    public static CronField Parse(string text, int least, int most, string[]? names = null, int firstName = 0)
    {
        var values = 0UL;
        foreach (var part in text.Split(','))
            values |= ParsePart(part, least, most, names, firstName);
        return new CronField(values);
    }

    public bool Contains(int value) => (_values >> value & 1) != 0;

    /// <summary>Takes one value for another: 7 and 0 are both Sunday.</summary>
    public CronField Fold(int from, int to) =>
        Contains(from) ? new CronField((_values & ~(1UL << from)) | (1UL << to)) : this;

    private static ulong ParsePart(string part, int least, int most, string[]? names, int firstName)
    {
        var slash = part.IndexOf('/');
        var step = slash < 0 ? 1 : Number(part[(slash + 1)..], 1, most, null, 0);
        var range = slash < 0 ? part : part[..slash];

        int from, to;
        var dash = range.IndexOf('-');
        if (range is "*" or "?")
        {
            (from, to) = (least, most);
        }
        else if (dash > 0)
        {
            from = Number(range[..dash], least, most, names, firstName);
            to = Number(range[(dash + 1)..], least, most, names, firstName);
        }
        else
        {
            from = Number(range, least, most, names, firstName);
            to = slash < 0 ? from : most;
        }
        if (from > to)
            throw new FormatException($"'{part}' runs backwards.");

        var values = 0UL;
        for (var value = from; value <= to; value += step)
            values |= 1UL << value;
        return values;
    }

    private static int Number(string text, int least, int most, string[]? names, int firstName)
    {
        var name = names is null ? -1 : Array.FindIndex(names, candidate => text.StartsWith(candidate, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
            return name + firstName;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"'{text}' is not between {least} and {most}.");
    }
}
