using System.Globalization;

namespace SmolLM3.Batch.Cli.Planning;

/// <summary>Seconds as people say them.</summary>
internal static class Durations
{
    public static string Text(double seconds) => seconds switch
    {
        < 120 => Format($"{seconds:0} s"),
        < 7200 => Format($"{seconds / 60:0.#} min"),
        < 172_800 => Format($"{seconds / 3600:0.#} h"),
        _ => Format($"{seconds / 86_400:#,0.#} d"),
    };

    /// <summary>A mark on an axis whose marks are <paramref name="step"/> apart.</summary>
    public static string Text(double seconds, double step) => step switch
    {
        < 60 => Format($"{seconds:0} s"),
        < 3600 => Format($"{seconds / 60:0.#} min"),
        < 86_400 => Format($"{seconds / 3600:0.#} h"),
        _ => Format($"{seconds / 86_400:#,0.#} d"),
    };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
