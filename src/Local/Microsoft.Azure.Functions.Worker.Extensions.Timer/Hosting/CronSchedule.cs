namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>{second} {minute} {hour} {day} {month} {day-of-week}, in UTC. A day must match both of its fields.</summary>
internal sealed class CronSchedule : TimerSchedule
{
    // The longest gap of any date is eight years: 29 February around a year such as 2100.
    private const int YearsToSearch = 9;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronField _seconds;
    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;

    private CronSchedule(string expression, string[] fields)
    {
        _seconds = Field(0, "second", 0, 59);
        _minutes = Field(1, "minute", 0, 59);
        _hours = Field(2, "hour", 0, 23);
        _days = Field(3, "day", 1, 31);
        _months = Field(4, "month", 1, 12, Months, 1);
        _weekdays = Field(5, "day of the week", 0, 7, Days).Fold(from: 7, to: 0);

        CronField Field(int index, string name, int least, int most, string[]? names = null, int firstName = 0)
        {
            try
            {
                return CronField.Parse(fields[index], least, most, names, firstName);
            }
            catch (FormatException failure)
            {
                throw new ArgumentException($"The timer schedule '{expression}' has no valid {name}: {failure.Message}", failure);
            }
        }
    }

    public static new CronSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return fields.Length switch
        {
            6 => new CronSchedule(text, fields),
            5 => new CronSchedule(text, ["0", .. fields]),
            _ => throw new ArgumentException(
                $"The timer schedule '{text}' has {fields.Length} fields. It needs six: second minute hour day month day-of-week."),
        };
    }

    public override DateTime? Next(DateTime time)
    {
        var candidate = new DateTime(time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second, DateTimeKind.Utc).AddSeconds(1);
        var last = candidate.Year + YearsToSearch;
        while (candidate.Year <= last)
        {
            if (!_months.Contains(candidate.Month))
                candidate = new DateTime(candidate.Year, candidate.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);
            else if (!_days.Contains(candidate.Day) || !_weekdays.Contains((int)candidate.DayOfWeek))
                candidate = candidate.Date.AddDays(1);
            else if (!_hours.Contains(candidate.Hour))
                candidate = candidate.Date.AddHours(candidate.Hour + 1);
            else if (!_minutes.Contains(candidate.Minute))
                candidate = candidate.AddSeconds(60 - candidate.Second);
            else if (!_seconds.Contains(candidate.Second))
                candidate = candidate.AddSeconds(1);
            else
                return candidate;
        }
        return null;
    }
}
