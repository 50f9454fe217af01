using System.Globalization;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>When a timer fires: an NCRONTAB expression of six fields (or five, at second 0), or a constant interval.</summary>
internal abstract class TimerSchedule
{
    public static TimerSchedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Trim().Contains(' ', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            return interval > TimeSpan.Zero
                ? new ConstantSchedule(interval)
                : throw new ArgumentException($"The timer interval '{text}' must be greater than zero.");
        }
        return CronSchedule.Parse(text);
    }

    /// <summary>The first time strictly after <paramref name="time"/>; null when there is none.</summary>
    public abstract DateTime? Next(DateTime time);

    private sealed class ConstantSchedule(TimeSpan interval) : TimerSchedule
    {
        public override DateTime? Next(DateTime time) => time + interval;
    }
}
