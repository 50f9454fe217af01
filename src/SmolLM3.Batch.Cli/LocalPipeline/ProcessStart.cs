using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SmolLM3.Batch.Cli.LocalPipeline;

/// <summary>
/// When a process began, as a text. Process ids are reused, and soon after a restart of the machine or the container; an id with its start
/// is not.
/// </summary>
internal static class ProcessStart
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    // What the platforms round and reckon from the time since boot.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>The start of the process <paramref name="id"/>, or null where none runs or it is not to be told.</summary>
    public static string? Of(int id)
    {
        try
        {
            return OperatingSystem.IsLinux() && File.Exists(BootId) ? SinceBoot(id) : Absolute(id);
        }
        catch (Exception exception) when (
            exception is ArgumentException or InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether the process <paramref name="id"/> runs and is the one that began at <paramref name="start"/>.</summary>
    public static bool Is(int id, string start) => Of(id) is { } actual && (actual == start || IsNear(actual, start));

    // Linux: exact, and the same after the clock was set, which moves what Process.StartTime says.
    private static string? SinceBoot(int id)
    {
        const int State = 0, StartTicks = 19;
        var stat = File.ReadAllText($"/proc/{id}/stat");

        // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

        // One that ended, and that its parent has not asked about yet, still has its id.
        return fields[State] is "Z" or "X" ? null : $"{File.ReadAllText(BootId).Trim()} {fields[StartTicks]}";
    }

    private static string Absolute(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsNear(string actual, string start) =>
        long.TryParse(actual, NumberStyles.None, CultureInfo.InvariantCulture, out var one)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var other)
        && TimeSpan.FromTicks(one - other).Duration() <= Tolerance;
}
