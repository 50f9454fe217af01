using System.Globalization;
using Microsoft.Azure.Functions.Worker.Extensions.Timer;

namespace Local.Microsoft.Azure.Functions.Worker.Tests;

public sealed class TimerScheduleTests
{
    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00")]
    [InlineData("0 */5 * * * *", "2026-01-01T00:04:59", "2026-01-01T00:05:00")]
    [InlineData("*/15 * * * * *", "2026-01-01T00:00:46", "2026-01-01T00:01:00")]
    [InlineData("0 30 9 * * 1-5", "2026-01-02T09:30:00", "2026-01-05T09:30:00")]
    [InlineData("0 30 9 * * Mon-Fri", "2026-01-02T09:30:00", "2026-01-05T09:30:00")]
    [InlineData("0 0 12 * * 7", "2026-01-01T00:00:00", "2026-01-04T12:00:00")]
    [InlineData("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 0 29 Feb *", "2096-03-01T00:00:00", "2104-02-29T00:00:00")]
    [InlineData("5,8,10 * * * * *", "2026-01-01T00:00:08", "2026-01-01T00:00:10")]
    [InlineData("0 5/20 * * * *", "2026-01-01T00:25:00", "2026-01-01T00:45:00")]
    [InlineData("0 0 0 31 * *", "2026-01-31T00:00:00", "2026-03-31T00:00:00")]
    [InlineData("0 59 23 31 12 *", "2026-12-31T23:59:00", "2027-12-31T23:59:00")]
    [InlineData("*/5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00")]
    [InlineData("00:00:30", "2026-01-01T00:00:01", "2026-01-01T00:00:31")]
    [InlineData("24:00:00", "2026-01-01T00:00:00", "2026-01-25T00:00:00")]
    public void Next_OfASchedule_IsTheFirstTimeAfter(string schedule, string after, string expected)
    {
        var next = TimerSchedule.Parse(schedule).Next(Time(after));

        Assert.Equal(Time(expected), next);
    }

    [Fact]
    public void Next_OfADateThatNeverComes_IsNull() => Assert.Null(TimerSchedule.Parse("0 0 0 31 2 *").Next(Time("2026-01-01T00:00:00")));

    [Theory]
    [InlineData("0 0 0 0 0")]
    [InlineData("61 * * * * *")]
    [InlineData("* * * 32 * *")]
    [InlineData("* * * * Juk *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("*/0 * * * * *")]
    [InlineData("")]
    [InlineData("00:00:00")]
    public void Parse_Nonsense_IsRefused(string schedule) => Assert.Throws<ArgumentException>(() => TimerSchedule.Parse(schedule));

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
