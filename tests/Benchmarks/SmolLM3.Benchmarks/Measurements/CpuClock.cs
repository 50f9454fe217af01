using System.Runtime.InteropServices;

namespace SmolLM3.Benchmarks.Measurements;

/// <summary>What was computed: on a machine that others use too, a wall clock counts their turns.</summary>
internal static partial class CpuClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>The thread's CPU time in microseconds (Linux; a wall clock elsewhere).</summary>
    public static double ThreadMicroseconds() => OperatingSystem.IsLinux() && Read(ThreadCpuTime, out TimeSpec time) == 0
        ? time.Seconds * 1e6 + time.Nanoseconds / 1e3
        : System.Diagnostics.Stopwatch.GetTimestamp() * 1e6 / System.Diagnostics.Stopwatch.Frequency;

    /// <summary>The CPU time of all threads in milliseconds.</summary>
    public static double ProcessMilliseconds() => Environment.CpuUsage.UserTime.TotalMilliseconds;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int Read(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
